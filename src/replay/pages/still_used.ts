/** Pages of a range that were in use when a call began, and still are when the trace ends. */
import type { Pages } from '../../linux/mm/pages/pages.js';
import { ALLOCATED, IN_FLIGHT, OFF_LRU, POISONED } from '../../linux/mm/pages/arena.js';
import type { Trace } from '../../trace/trace.js';
import { PageHistory } from './history.js';

export interface StillUsed {
  readonly pfn: number;
  /** The row of its last event, before the call: who has it, or who gives it back. */
  readonly row: number;
  /** It is being freed, and the trace does not let the free go on. */
  readonly isHeld: boolean;
}

/**
 * The first one in the range of the call of this row; undefined: there is none. Whatever a kernel
 * does in the call, it can free none of them. Pages that can be moved count when `moved`: they move
 * as the trace says, which ends. One that the trace has taken off its LRU list, or whose memory
 * failed in it, does not count: its state is what the trace is about.
 */
export function stillUsed(
  trace: Trace, row: number, pages: Pages, moved: boolean,
): StillUsed | undefined {
  const end = trace.pfn(row) + trace.nr_pages(row);
  const { arena } = pages;
  let pfn = pages.firstNotFree(trace.pfn(row), end);
  while (pfn < end) {
    const slot = arena.slotOf(pfn);
    const state = arena.state[slot];
    const { before: last } = PageHistory.of(trace).around(pfn, trace.length);
    const event = last < 0 ? undefined : trace.event(last);
    const isHeld = state === IN_FLIGHT && event === 'mm_page_free';
    const isUsed = state === ALLOCATED && event === 'mm_page_alloc' &&
      arena.type[slot] !== OFF_LRU && arena.type[slot] !== POISONED &&
      (moved || pages.findMovable(pfn, pfn + 1) < 0);
    if (last < row && (isHeld || isUsed)) return { pfn, row: last, isHeld };
    pfn = pages.firstNotFree(pfn + 1, end);
  }
  return undefined;
}
