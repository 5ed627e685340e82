/** Which rows of a trace are page-level events, and what can be said of them before the replay. */
import { eventCode } from '../trace/build.js';
import type { Trace } from '../trace/trace.js';

export const ALLOC = eventCode('mm_page_alloc');
export const FREE_ROW = eventCode('mm_page_free');
export const BATCHED = eventCode('mm_page_free_batched');
export const ZONE_LOCKED = eventCode('mm_page_alloc_zone_locked');
export const PCPU_DRAIN = eventCode('mm_page_pcpu_drain');
export const EXTFRAG = eventCode('mm_page_alloc_extfrag');

/** One flag for each event code: it is about single pages. */
export const isPageEvent = new Uint8Array(256);
for (const code of [ALLOC, FREE_ROW, BATCHED, ZONE_LOCKED, PCPU_DRAIN, EXTFRAG]) {
  isPageEvent[code] = 1;
}

/** The trace says which pages were allocated and freed. */
export function hasPageEvents(trace: Trace): boolean {
  const { event } = trace.columns;
  for (let row = 0; row < trace.length; row += 1) {
    const code = event.get(row);
    if (code === ALLOC || code === FREE_ROW) return true;
  }
  return false;
}

/**
 * One bit for each row: a mm_page_free whose page is put on its list only by a later
 * mm_page_free_batched.
 */
export function deferredFrees(trace: Trace): Uint8Array {
  const { event, pfn } = trace.columns;
  const bits = new Uint8Array(Math.ceil(trace.length / 8));
  const pending = new Set<number>();
  for (let row = trace.length - 1; row >= 0; row -= 1) {
    const code = event.get(row);
    if (code === BATCHED) pending.add(pfn.get(row));
    else if (code === FREE_ROW && pending.size > 0 && pending.delete(pfn.get(row))) {
      bits[row >>> 3] = (bits[row >>> 3] as number) | (1 << (row & 7));
    }
  }
  return bits;
}

/**
 * The row before which a held free went on. The command that let it go was noted when it was typed;
 * what was seen of the page later says more: it was on its list when the drain began that found
 * it. A page that was not seen again is let go at once.
 */
export function releaseRow(trace: Trace, row: number, pfn: number): number {
  const { event, task, pfn: pfns } = trace.columns;
  const drain = eventCode('__drain_all_pages');
  const lastDrain = new Map<number, number>();
  for (let at = row + 1; at < trace.length; at += 1) {
    const code = event.get(at);
    if (code === drain) lastDrain.set(task.get(at), at);
    if (isPageEvent[code] !== 1 || pfns.get(at) !== pfn) continue;
    return code === PCPU_DRAIN ? lastDrain.get(task.get(at)) ?? at : at;
  }
  return row + 1;
}
