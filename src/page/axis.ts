/** Physical addresses on a line: what has memory is to scale, what has none is a narrow gap. */
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { Span } from '../observe/memory_map.js';

/** A gap as part of the width. */
const GAP = 0.015;

export interface Axis {
  /** Page number to 0..1. */
  readonly scale: ScaleLinear<number, number>;
  readonly gaps: readonly (readonly [start: number, end: number])[];
  readonly start: number;
  readonly end: number;
}

/** Ranges that some span covers, in order. */
function covered(spans: readonly Span[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const [start, nr] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = ranges.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], start + nr);
    else ranges.push([start, start + nr]);
  }
  return ranges;
}

export function axisOf(spans: readonly Span[]): Axis {
  const ranges = covered(spans);
  const [first] = ranges;
  const last = ranges.at(-1);
  const pages = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  const room = 1 - GAP * (ranges.length - 1);
  const domain: number[] = [];
  const range: number[] = [];
  let at = 0;
  ranges.forEach(([start, end], index) => {
    domain.push(start, end);
    const width = (end - start) / pages * room;
    range.push(at, at + width);
    at += width + (index < ranges.length - 1 ? GAP : 0);
  });
  return {
    scale: scaleLinear(domain.length < 2 ? [0, 1] : domain, domain.length < 2 ? [0, 1] : range),
    gaps: ranges.slice(1).map(([start], index) => [ranges[index]?.[1] ?? start, start] as const),
    start: first?.[0] ?? 0, end: last?.[1] ?? 1,
  };
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `2 GiB`, `1536 MiB`: exact, in the largest unit that is whole. */
export function bytesText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (unit < units.length - 1 && value >= 1024 && value % 1024 === 0) {
    value /= 1024;
    unit += 1;
  }
  return `${value} ${units[unit]}`;
}
