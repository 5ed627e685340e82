/** How many pages of a list a task drains at once: the evidence of how low the list had sunk. */
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import { PCPU_DRAIN, isPageEvent } from '../events.js';

/** Pages of a list that were drained together. */
export interface Drained {
  readonly pages: number;
  /** Pages of each block, in their order: of the last, all but one may be more than were to go. */
  readonly blocks: readonly number[];
}

/**
 * A list of `count` pages that is to give back so many gives exactly these blocks. `batch`: it does
 * so a batch at a time, and what a large block has more than that counts for nothing (from v6.19).
 */
export function givesBlocks(
  { blocks, pages }: Drained, count: number, wantedPages: number, batch: number | undefined,
): boolean {
  let next = 0;
  for (let left = wantedPages; left > 0;) {
    const wanted = Math.min(left, batch ?? left);
    left -= wanted;
    for (let given = 0; given < wanted; next += 1) {
      const block = blocks[next];
      if (block === undefined) return pages === count;
      given += block;
    }
  }
  return next === blocks.length;
}

/** Pages of this CPU's list that the task drains from this row on without doing anything else. */
export function drainedTogether(
  trace: Trace, pages: Pages, zp: ZonePages, from: number, row: number,
): Drained {
  const { event, cpu, task, pfn, order } = trace.columns;
  const { arena } = pages;
  const blocks: number[] = [];
  for (let at = row; at < trace.length; at += 1) {
    const code = event.get(at);
    const isOwn = task.get(at) === task.get(row);
    // The next call of the task drains anew what came to the list meanwhile.
    if (code !== PCPU_DRAIN && isOwn) break;
    if (isPageEvent[code] !== 1 || cpu.get(at) !== cpu.get(row)) continue;
    if (!isOwn) break;
    const slot = arena.slotOf(pfn.get(at));
    if (slot < 0 || arena.state[slot] !== ON_PCP || arena.cpu[slot] !== from) continue;
    if (pages.zoneOf(slot) !== zp) continue;
    blocks.push(1 << order.get(at));
  }
  return { pages: blocks.reduce((sum, one) => sum + one, 0), blocks };
}
