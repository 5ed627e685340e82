/** What the course of the runs says of one instant. */
import type { Course, CourseFrame } from '../compare/course.js';
import type { MapLayer, Span } from '../observe/memory_map.js';

/** Names told of runs that are alike; the rest is counted. */
const NAMES = 8;

export function namesText(names: readonly string[]): string {
  const more = names.length - NAMES;
  return names.slice(0, NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Index of the last entry whose row is at or before `row`; -1: none. */
export function lastAt(list: readonly { readonly row: number }[], row: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((list[mid]?.row ?? 0) <= row) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

function frameAt(frames: readonly CourseFrame[], row: number): CourseFrame | undefined {
  let found: CourseFrame | undefined;
  for (const frame of frames) {
    if (frame[0] > row) break;
    found = frame;
  }
  return found;
}

/** Spans of one layer in one run after the event of this row. */
export function spansAt(
  course: Course, run: number, layer: MapLayer, row: number,
): readonly Span[] {
  const frame = frameAt(course.runs[run]?.frames ?? [], row);
  const place = frame?.[1][course.layerNames.indexOf(layer)];
  return place === undefined ? [] : course.layers[place] ?? [];
}

/** Subjects with their values in one run; `kinds`: of these only. */
export function stateAt(
  course: Course, run: number, row: number, kinds: readonly string[],
): ReadonlyMap<string, string> {
  const state = new Map<string, string>();
  for (const [at, subject, value] of course.runs[run]?.changes ?? []) {
    if (at > row) break;
    const [kind = '', name = ''] = course.subjects[subject] ?? [];
    if (!kinds.includes(kind)) continue;
    const text = course.values[value] ?? '';
    if (text === 'absent') state.delete(name);
    else state.set(name, text);
  }
  return state;
}

/** Pages that are not the same in two lists of spans. */
export function differingSpans(
  one: readonly Span[], other: readonly Span[],
): readonly (readonly [start: number, end: number])[] {
  const edges = [...new Set([...one, ...other].flatMap(([start, nr]) => [start, start + nr]))]
    .sort((a, b) => a - b);
  const textAt = (list: readonly Span[], pfn: number): string | undefined =>
    list.find(([start, nr]) => start <= pfn && pfn < start + nr)?.[2];
  const found: [number, number][] = [];
  edges.slice(0, -1).forEach((start, index) => {
    if (textAt(one, start) === textAt(other, start)) return;
    const end = edges[index + 1] ?? start;
    const last = found.at(-1);
    if (last?.[1] === start) last[1] = end;
    else found.push([start, end]);
  });
  return found;
}
