/**
 * How high a list is that was found to overflow: the next frees to it say. One after which it gives
 * pages back came to a list that was full, one after which it does not to a list that was not.
 */
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import {
  ALLOC, BATCHED, FREE_ROW, PCPU_DRAIN, isMarked, isPageEvent, pageRowsOf,
} from '../events.js';

/** The list's `high`, pages: at least, and at most. */
export interface HighBounds {
  readonly least: number;
  readonly most: number;
}

/** So many rows of the list's CPU are looked at. */
const ROWS_MAX = 512;

/** What is known of the list as its rows go by. */
class ListAhead {
  least = 0;
  most: number;
  #count: number;
  /** How full the list was after the last free; undefined: what came of that is known. */
  #freed: number | undefined;
  #pfn = -1;

  constructor(count: number) {
    this.#count = count;
    // The row that it begins with is a drain.
    this.#freed = count;
    this.most = count;
  }

  drained(pages: number): boolean {
    if (this.#freed !== undefined) {
      if (this.#freed < this.least) return false;
      this.most = Math.min(this.most, this.#freed);
      this.#freed = undefined;
    }
    this.#count -= pages;
    return true;
  }

  /** `pfn`: of a page that is freed, which may be one block with the one before it. */
  changed(pages: number, pfn: number | undefined): boolean {
    if (this.#freed !== undefined && pfn !== this.#pfn + 1) {
      if (this.#freed >= this.most) return false;
      this.least = Math.max(this.least, this.#freed + 1);
    }
    this.#count += pages;
    this.#freed = pfn === undefined ? undefined : this.#count;
    this.#pfn = pfn ?? -1;
    return true;
  }
}

/**
 * From the drain of this row on, as long as nothing but frees of single pages, allocations from the
 * list and what it gives back itself changes how many pages it has.
 */
export function nextOverflows(
  trace: Trace, pages: Pages, zp: ZonePages, pcp: PcpLists, row: number,
): HighBounds {
  const { event, cpu, task, pfn, order } = trace.columns;
  const { late } = pageRowsOf(trace).deferred;
  const list = new ListAhead(pcp.count);
  let freeing = task.get(row);
  const goesOn = (at: number, code: number): boolean => {
    const size = 1 << order.get(at);
    if (code === PCPU_DRAIN) return task.get(at) === freeing && list.drained(size);
    if (code === ALLOC && pages.pcpOrder(order.get(at))) return list.changed(-size, undefined);
    // A page of a batch comes to the list by a row of its own, after those of all.
    if (code === FREE_ROW && size === 1 && isMarked(late, at)) return true;
    if ((code !== FREE_ROW && code !== BATCHED) || size > 1) return false;
    freeing = task.get(at);
    return list.changed(size, pfn.get(at));
  };
  for (let [at, seen] = [row, 0]; at < trace.length && seen < ROWS_MAX; at += 1) {
    const code = event.get(at);
    if (isPageEvent[code] !== 1) continue;
    const slot = pages.arena.slotOf(pfn.get(at));
    const isOwn = slot >= 0 && pages.zoneOf(slot) === zp;
    if (cpu.get(at) === pcp.cpu) {
      seen += 1;
      if (isOwn && !goesOn(at, code)) break;
    } else if (isOwn && code === PCPU_DRAIN && pages.arena.cpu[slot] === pcp.cpu) break;
  }
  return list;
}
