/** A lane for each task and CPU; calls as bars, events of pages as marks; what parts, marked. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Course } from '../compare/course.js';
import type { PageComparison } from '../report/page_data.js';
import { lastAt } from './course_view.js';
import { useWidth } from './width.js';

const LANE = 12;
const LEFT = 110;
/** Lanes drawn; those of tasks with fewer events than these share the last one. */
const LANES = 14;

interface Mark { readonly from: number; readonly to: number; readonly isBar: boolean }
interface Lane { readonly name: string; readonly marks: readonly Mark[] }

/** Times of all rows, ns. */
function timesOf({ rows }: Course): Float64Array {
  const times = new Float64Array(rows.row.length);
  let time = 0;
  rows.time.forEach((difference, index) => {
    time += difference;
    times[index] = time;
  });
  return times;
}

function lanesOf({ rows }: Course, times: Float64Array): readonly Lane[] {
  const marks = new Map<string, Mark[]>();
  const open = new Map<string, number>();
  rows.row.forEach((_, index) => {
    const task = rows.tasks[rows.task[index] ?? 0] || 'no task';
    const cpu = rows.cpu[index] ?? -1;
    const lane = cpu >= 0 ? `${task}, CPU ${cpu}` : task;
    const list = marks.get(lane) ?? [];
    marks.set(lane, list);
    const key = `${task} ${rows.event[index]}`;
    const time = times[index] ?? 0;
    if (rows.phase[index] === 1) open.set(key, time);
    else if (rows.phase[index] === 2) {
      list.push({ from: open.get(key) ?? time, to: time, isBar: true });
      open.delete(key);
    } else {
      list.push({ from: time, to: time, isBar: false });
    }
  });
  const all = [...marks].map(([name, list]): Lane => ({ name, marks: list }))
    .sort((a, b) => b.marks.length - a.marks.length);
  const others = all.slice(LANES).flatMap((lane) => lane.marks);
  return [...all.slice(0, LANES), ...(others.length === 0 ? []
    : [{ name: `${all.length - LANES} more lanes`, marks: others }])];
}

interface Scale { readonly x: (time: number) => number }

/** Marks that fall on one pixel are drawn once: 300,000 of them are a few hundred strokes. */
function draw(
  canvas: HTMLCanvasElement, lanes: readonly Lane[], { x }: Scale, width: number,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = window.devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = lanes.length * LANE * ratio;
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const [bar, mark, ink] = ['--blue', '--orange', '--ink'].map((name) =>
    style.getPropertyValue(name));
  context.font = '10px system-ui, sans-serif';
  lanes.forEach((lane, index) => {
    const y = index * LANE;
    context.fillStyle = ink ?? '';
    context.fillText(lane.name.slice(0, 20), 0, y + LANE - 3);
    const seen = new Uint8Array(Math.ceil(width) + 2);
    for (const { from, to, isBar } of lane.marks) {
      const left = Math.round(x(from));
      if (!isBar && seen[left] === 1) continue;
      seen[left] = 1;
      context.fillStyle = (isBar ? bar : mark) ?? '';
      context.fillRect(left, y + 2, isBar ? Math.max(x(to) - left, 2) : 1, LANE - 4);
    }
  });
}

interface TimelineParts {
  readonly course: Course;
  readonly comparison: PageComparison;
  readonly row: number;
  readonly onRow: (row: number) => void;
}

/** Instants of a kind of event, for n and p. */
function marked(course: Course, { divergences, violations }: PageComparison): readonly number[] {
  const rows = new Set([...divergences.map(({ event }) => event.row),
    ...violations.map(({ from }) => from.row)]);
  return course.instants.flatMap(({ row }, index) => (rows.has(row) ? [index] : []));
}

/** The instant that a key leads to; undefined: none. */
function target(
  key: string, at: number, last: number, stops: readonly number[],
): number | undefined {
  switch (key) {
    case 'ArrowLeft': case 'ArrowDown': return Math.max(at - 1, 0);
    case 'ArrowRight': case 'ArrowUp': return Math.min(at + 1, last);
    case 'PageDown': return Math.max(at - 10, 0);
    case 'PageUp': return Math.min(at + 10, last);
    case 'Home': return 0;
    case 'End': return last;
    case 'n': return stops.find((stop) => stop > at);
    case 'p': return stops.findLast((stop) => stop < at);
    default: return undefined;
  }
}

export function Timeline({ course, comparison, row, onRow }: TimelineParts) {
  const area = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(area);
  const { instants } = course;
  const at = Math.max(lastAt(instants, row), 0);
  const stops = useMemo(() => marked(course, comparison), [course, comparison]);
  const times = useMemo(() => timesOf(course), [course]);
  const lanes = useMemo(() => lanesOf(course, times), [course, times]);
  const begin = times[0] ?? 0;
  const end = Math.max(times.at(-1) ?? 1, begin + 1);
  const x = (time: number): number =>
    LEFT + (Math.min(Math.max(time, begin), end) - begin) / (end - begin) * (width - LEFT - 4);
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, lanes, { x }, width);
  }, [lanes, width]);
  const go = (index: number | undefined): void => {
    const instant = index === undefined ? undefined : instants[index];
    if (instant !== undefined) onRow(instant.row);
  };
  const onKey = (event: KeyboardEvent): void => {
    const index = target(event.key, at, instants.length - 1, stops);
    if (index === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(index);
  };
  const onPoint = (event: PointerEvent): void => {
    if (event.buttons !== 1 || area.current === null) return;
    const part = (event.clientX - area.current.getBoundingClientRect().left - LEFT) /
      (width - LEFT - 4);
    const time = begin + part * (end - begin);
    // What was so at that time: the last one that had happened.
    go(Math.max(instants.findLastIndex(({ time_ns: other }) => other <= time), 0));
  };
  const now = instants[at];
  const step = now?.step === undefined ? '' : `${now.step}: `;
  const text = `${step}${now?.text ?? ''}`;
  return <section aria-label="Timeline"><h2>Timeline</h2>
    <p class="hint">Drag, or focus it: arrows step, Home and End, n and p go to the next and the
      previous event at which runs part or an invariant breaks.</p>
    <div ref={area} class="timeline" tabIndex={0} role="slider" aria-label="instant"
      aria-valuemin={0} aria-valuemax={instants.length - 1} aria-valuenow={at}
      aria-valuetext={text} onKeyDown={onKey} onPointerDown={onPoint} onPointerMove={onPoint}>
      <canvas ref={canvas} style={`width:${width}px;height:${lanes.length * LANE}px`} />
      <svg width={width} height={lanes.length * LANE + 12} aria-hidden="true">
        {stops.map((stop) => {
          const place = x(instants[stop]?.time_ns ?? 0);
          const y = lanes.length * LANE;
          return <path class="stop" d={`M${place} ${y} l4 8 h-8 z`} />;
        })}
        {now !== undefined && <line class="now" x1={x(now.time_ns)} x2={x(now.time_ns)} y1={0}
          y2={lanes.length * LANE + 12} />}
      </svg>
    </div>
    <p class="instant"><b>{text}</b>{' '}
      {now !== undefined && <span>{(now.time_ns / 1e9).toFixed(6)} s, {at + 1} of{' '}
        {instants.length}{now.source === '' ? '' : `, ${now.source}`}</span>}</p>
  </section>;
}
