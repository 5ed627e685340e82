/** The memory of each run at the chosen instant: a strip for each, a row for each layer. */
import { hex } from '../base/pfn.js';
import { select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomTransform } from 'd3-zoom';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Course } from '../compare/course.js';
import type { MapLayer, Span } from '../observe/memory_map.js';
import { axisOf, bytesText, type Axis } from './axis.js';
import { colourOf } from './colours.js';
import { differingSpans, namesText, spansAt } from './course_view.js';
import { useWidth } from './width.js';

/** Left of it stand the names of the rows; px. */
const LEFT = 76;
const ROW = 14;
/** One page is so many pixels wide at most. */
const PIXELS_OF_PAGE = 40;

const layerWords: Readonly<Record<MapLayer, string>> = {
  node: 'node', zone: 'zone span', block: 'block', section: 'section', pageblock: 'pageblock',
  memmap: 'memmap', page: 'pages',
};

interface View {
  readonly axis: Axis;
  readonly transform: ZoomTransform;
  /** px. */
  readonly width: number;
}

function pixel({ axis, transform, width }: View, pfn: number): number {
  return transform.applyX(LEFT + axis.scale(pfn) * (width - LEFT));
}

function pageAt({ axis, transform, width }: View, x: number): number {
  const part = (transform.invertX(x) - LEFT) / (width - LEFT);
  return axis.scale.invert(Math.min(1, Math.max(0, part)));
}

function hexText(pfn: number): string {
  return hex(pfn);
}

export function spanText([start, nr, text]: Span, page_size: number): string {
  return `${text}: pages ${hexText(start)}-${hexText(start + nr - 1)}, ` +
    `${nr} pages, ${bytesText(nr * page_size)} at ${bytesText(start * page_size)}`;
}

function Row({ view, spans, differs, y, label, page_size, onFocus }: {
  readonly view: View; readonly spans: readonly Span[]; readonly y: number; readonly label: string;
  readonly differs: readonly (readonly [number, number])[]; readonly page_size: number;
  readonly onFocus: (text: string) => void;
}) {
  const rects = spans.flatMap((span) => {
    const [from, to] = [pixel(view, span[0]), pixel(view, span[0] + span[1])];
    if (to < LEFT || from > view.width) return [];
    const x = Math.max(from, LEFT);
    const width = Math.max(Math.min(to, view.width) - x, 0.75);
    const text = `${label}, ${spanText(span, page_size)}`;
    const { fill, pattern } = colourOf(span[2]);
    return [<g role="img" aria-label={text} tabIndex={-1} onFocus={() => onFocus(text)}
      onPointerEnter={() => onFocus(text)}>
      <rect x={x} y={y} width={width} height={ROW - 2} class={`span ${fill}`} />
      {pattern && <rect x={x} y={y} width={width} height={ROW - 2} class="hatch" />}
      {width > 7 * span[2].length && <text x={x + 3} y={y + ROW - 4.5}>{span[2]}</text>}
    </g>];
  });
  const outlines = differs.map(([start, end]) => {
    const x = Math.max(pixel(view, start), LEFT);
    const width = Math.min(pixel(view, end), view.width) - x;
    return width < 0 ? null
      : <rect class="differs" x={x} y={y - 1} width={Math.max(width, 2)} height={ROW} />;
  });
  return <g><text x={0} y={y + ROW - 4.5} class="row">{label}</text>{rects}{outlines}</g>;
}

function ticksOf(view: View, page_size: number) {
  const { axis } = view;
  const [from, to] = [pageAt(view, LEFT), pageAt(view, view.width)];
  const step = 2 ** Math.ceil(Math.log2(Math.max((to - from) / 10, 1)));
  const ticks: number[] = [];
  for (let pfn = Math.ceil(from / step) * step; pfn <= to; pfn += step) ticks.push(pfn);
  const free = ticks.filter((pfn) => !axis.gaps.some(([start, end]) => start < pfn && pfn < end));
  let last = -Infinity;
  return free.flatMap((pfn) => {
    const x = pixel(view, pfn);
    if (x - last < 70) return [];
    last = x;
    return [<g><line x1={x} x2={x} y1={14} y2={18} /><text x={x} y={11}
      text-anchor="middle">{bytesText(pfn * page_size)}</text></g>];
  });
}

/** Two runs whose layers are the same places in the course show the same: they share a strip. */
interface Strip { readonly names: readonly string[]; readonly run: number }

function stripsOf(course: Course, names: readonly string[], row: number): readonly Strip[] {
  const same = new Map<string, { names: string[]; run: number }>();
  names.forEach((name, run) => {
    const key = name === 'recorded' ? name : course.layerNames
      .map((layer) => JSON.stringify(spansAt(course, run, layer, row))).join('\n');
    const one = same.get(key) ?? { names: [], run };
    one.names.push(name);
    same.set(key, one);
  });
  return [...same.values()];
}

function StripView({ strip, course, view, row, base, onFocus }: {
  readonly strip: Strip; readonly course: Course; readonly view: View; readonly row: number;
  readonly base: number; readonly onFocus: (text: string) => void;
}) {
  const layers = course.layerNames.map((layer) =>
    ({ layer, spans: spansAt(course, strip.run, layer, row) })).filter(({ spans }) =>
    spans.length > 0);
  const height = layers.length * ROW + 4;
  return <figure class="strip">
    <figcaption>{namesText(strip.names)}</figcaption>
    <svg width={view.width} height={height}
      role="group" aria-label={`memory of ${namesText(strip.names)}`}>
      {layers.map(({ layer, spans }, index) => <Row view={view} spans={spans}
        y={index * ROW + 2} label={layerWords[layer]} page_size={course.page_size}
        differs={strip.run === base ? []
          : differingSpans(spansAt(course, base, layer, row), spans)} onFocus={onFocus} />)}
    </svg></figure>;
}

/** A machine with too many sections for their pageblocks: see observe/memory_map.ts. */
function lacksPageblocks(course: Course, row: number): boolean {
  const has = (layer: MapLayer): boolean =>
    course.runs.some((_, run) => spansAt(course, run, layer, row).length > 0);
  return has('section') && !has('pageblock');
}

const steps: Readonly<Record<string, readonly [zoom: number, pan: number]>> = {
  '+': [2, 0], '=': [2, 0], '-': [0.5, 0], ArrowLeft: [1, 200], ArrowRight: [1, -200],
};

export function MemoryMap({ course, names, row }: {
  readonly course: Course; readonly names: readonly string[]; readonly row: number;
}) {
  const [transform, setTransform] = useState<ZoomTransform>(zoomIdentity);
  const [text, setText] = useState('');
  const area = useRef<HTMLDivElement>(null);
  const width = useWidth(area);
  const axis = useMemo(() => axisOf(course.runs.flatMap((_, run) =>
    (['block', 'section', 'memmap'] as const).flatMap((layer) =>
      spansAt(course, run, layer, Infinity).concat(spansAt(course, run, layer, row))))),
  [course, row]);
  const most = Math.max(1, (axis.end - axis.start) * PIXELS_OF_PAGE / width);
  const behaviour = useMemo(() => zoom<HTMLDivElement, unknown>().scaleExtent([1, most])
    .translateExtent([[LEFT, 0], [width, 1]]).extent([[LEFT, 0], [width, 1]])
    .filter((event: Event) => event.type !== 'wheel' || (event as WheelEvent).ctrlKey ||
      (event as WheelEvent).shiftKey)
    .on('zoom', (event: { transform: ZoomTransform }) => setTransform(event.transform)),
  [most, width]);
  useEffect(() => {
    if (area.current !== null) select(area.current).call(behaviour);
  }, [behaviour]);
  const onKey = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (step === undefined || area.current === null) return;
    event.preventDefault();
    event.stopPropagation();
    const selection = select(area.current);
    if (step[0] === 1) behaviour.translateBy(selection, step[1] / transform.k, 0);
    else behaviour.scaleBy(selection, step[0], [(width + LEFT) / 2, 0]);
  };
  const view = { axis, transform, width };
  const base = Math.max(names.indexOf('base'), 0);
  return <section aria-label="Memory map"><h2>Memory</h2>
    <p class="hint">Zoom: shift and wheel, or + and - with the map focused; drag or arrows move.
      Outlined: not as on the base. Gaps between memory are drawn narrow.</p>
    {lacksPageblocks(course, row) && <p>Pageblocks and single pages are not shown: this machine has
      too many sections for them.</p>}
    <div ref={area} class="map" tabIndex={0} role="group" onKeyDown={onKey}
      aria-label="memory map, zoom with plus and minus, move with arrows">
      <svg width={width} height={20} class="axis" aria-hidden="true">
        {ticksOf(view, course.page_size)}</svg>
      {stripsOf(course, names, row).map((strip) => <StripView strip={strip} course={course}
        view={view} row={row} base={base} onFocus={setText} />)}
    </div>
    <output class="told">{text || 'Point at a span: what it is, its pages and bytes.'}</output>
  </section>;
}
