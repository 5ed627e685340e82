/** What the rows around an allocation of a module (alloc_pages) tell of it. */
import { rowWords } from './row_words.js';
import type { Trace } from './trace.js';

/** Row of its end; undefined: the trace is cut off before. `row`: of its begin. */
export function endOfCall(trace: Trace, row: number): number | undefined {
  const task = trace.task(row);
  for (let end = row + 1; end < trace.length; end += 1) {
    if (trace.event(end) === 'alloc_pages' && trace.task(end) === task
      && trace.phase(end) === 'E') return end;
  }
  return undefined;
}

/** Row of the allocation of the page that the call says it got first; undefined: none tells. */
export function firstOfCall(trace: Trace, row: number, end: number): number | undefined {
  const [pfn, order] = [trace.pfn(end), trace.order(row)];
  for (let first = row + 1; first < end; first += 1) {
    if (trace.event(first) === 'mm_page_alloc' && trace.pfn(first) === pfn
      && trace.order(first) === order) return first;
  }
  return undefined;
}

const isGfp = (words: string): boolean =>
  words.split('+').every((word) => /^(__)?GFP_/.test(word));

/**
 * GFP words of the request. A module's own kind (`kind5`) says nothing: then those of the page that
 * it got first. Undefined: nobody tells.
 */
export function requestWords(trace: Trace, row: number): string | undefined {
  const { gfp = 'GFP_KERNEL' } = rowWords(trace, row, 'alloc_pages');
  if (isGfp(gfp)) return gfp;
  const end = endOfCall(trace, row);
  const first = end === undefined ? undefined : firstOfCall(trace, row, end);
  return first === undefined ? undefined
    : rowWords(trace, first, 'mm_page_alloc').gfp_flags?.join('+');
}

/** The same for the row of its end: does anybody tell what was asked for? */
export function tellsRequest(trace: Trace, end: number): boolean {
  if (isGfp(rowWords(trace, end, 'alloc_pages').gfp ?? 'GFP_KERNEL')) return true;
  const task = trace.task(end);
  for (let row = end - 1; row >= 0; row -= 1) {
    if (trace.event(row) !== 'alloc_pages' || trace.task(row) !== task) continue;
    return trace.phase(row) === 'B' && firstOfCall(trace, row, end) !== undefined;
  }
  return false;
}
