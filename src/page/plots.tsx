/** Counters of the runs over time. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Course } from '../compare/course.js';
import { lastAt } from './course_view.js';
import { useWidth } from './width.js';

const strokes = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7a7a7a'];

interface Line { readonly names: readonly string[]; readonly values: readonly (number | null)[] }

/** Of one counter: runs with the same course are one line. */
function linesOf(course: Course, names: readonly string[], counter: number): readonly Line[] {
  const same = new Map<string, { names: string[]; values: (number | null)[] }>();
  course.runs.forEach(({ frames }, run) => {
    if (!frames.some(([, , counters]) => counters.length > 0)) return;
    const rows = frames.map(([row]) => ({ row }));
    const values = course.instants.map(({ row }) =>
      frames[lastAt(rows, row)]?.[2][counter] ?? null);
    const key = values.join();
    const one = same.get(key) ?? { names: [], values };
    one.names.push(names[run] ?? '');
    same.set(key, one);
  });
  return [...same.values()];
}

function lineName({ names }: Line): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : names.join(', ');
}

function Plot({ course, names, counter }: {
  readonly course: Course; readonly names: readonly string[]; readonly counter: number;
}) {
  const area = useRef<HTMLDivElement>(null);
  const width = useWidth(area);
  const lines = useMemo(() => linesOf(course, names, counter), [course, names, counter]);
  useEffect(() => {
    if (area.current === null) return undefined;
    const ink = getComputedStyle(area.current).color;
    const axis = { stroke: ink, grid: { stroke: '#8884', width: 1 } };
    const step = uPlot.paths.stepped?.({ align: 1 });
    const plot = new uPlot({
      width, height: 150, scales: { x: { time: false } },
      cursor: { drag: { x: true, y: false } },
      axes: [{ ...axis, values: (_self, ticks) => ticks.map((tick) => `${tick} s`) },
        { ...axis, size: 80 }],
      series: [{ label: 'time' }, ...lines.map((line, index) => ({
        label: lineName(line), stroke: strokes[index % strokes.length] ?? '#000',
        width: 1.5, dash: index === 0 ? [] : [6 + index, 3],
        ...(step === undefined ? {} : { paths: step }),
      }))],
    }, [course.instants.map(({ time_ns }) => time_ns / 1e9), ...lines.map(({ values }) =>
      [...values])], area.current);
    return () => plot.destroy();
  }, [lines, width]);
  const last = lines.map((line) => `${lineName(line)} ends at ${line.values.at(-1) ?? 'nothing'}`);
  return <figure class="plot"><figcaption>{course.counterNames[counter]}</figcaption>
    <div ref={area} role="img"
      aria-label={`${course.counterNames[counter]} over time: ${last.join('; ')}`} /></figure>;
}

export function Plots({ course, names }: {
  readonly course: Course; readonly names: readonly string[];
}) {
  const counters = course.counterNames.map((_, index) => index).filter((counter) =>
    course.runs.some(({ frames }) => frames.some(([, , list]) => (list[counter] ?? 0) > 0)));
  return <section aria-label="Plots"><h2>Counters</h2><div class="plots">
    {counters.map((counter) => <Plot course={course} names={names} counter={counter} />)}
  </div></section>;
}
