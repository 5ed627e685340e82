/** How many pages of a list a task drains at once: the evidence of how low the list had sunk. */
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import { PCPU_DRAIN, isPageEvent } from '../events.js';

/** Pages of a list that were drained together. */
export interface Drained {
  readonly pages: number;
  /** Pages of the last block: of those, all but one may be more than were to go. */
  readonly last: number;
}

/** Pages of this CPU's list that the task drains from this row on without doing anything else. */
export function drainedTogether(
  trace: Trace, pages: Pages, zp: ZonePages, from: number, row: number,
): Drained {
  const { event, cpu, task, pfn, order } = trace.columns;
  const { arena } = pages;
  let [found, last] = [0, 0];
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
    last = 1 << order.get(at);
    found += last;
  }
  return { pages: found, last };
}
