/**
 * What the drains of a task that takes memory offline say. They are the model's; but a page that
 * such a drain did not find is not where the model has it.
 */
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import { PCPU_DRAIN, isPageEvent } from '../events.js';

/**
 * The task of the row is to drain. A page of its zone whose next event comes before the task does
 * something else, and is no drain, was gone from the list already: allocated, with the event still
 * to come, or in bulk, of which there are none. Their slots.
 */
export function goneBeforeDrain(
  trace: Trace, pages: Pages, zp: ZonePages, row: number,
): readonly number[] {
  const { event, task, pfn } = trace.columns;
  const { arena } = pages;
  const gone: number[] = [];
  const seen = new Set<number>();
  for (let at = row; at < trace.length; at += 1) {
    const code = event.get(at);
    const other = code !== PCPU_DRAIN;
    if (other && task.get(at) === task.get(row)) break;
    if (isPageEvent[code] !== 1) continue;
    const slot = arena.slotOf(pfn.get(at));
    if (slot < 0 || seen.has(slot)) continue;
    seen.add(slot);
    if (other && pages.zoneOf(slot) === zp) gone.push(slot);
  }
  return gone;
}
