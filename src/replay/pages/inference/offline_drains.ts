/**
 * What the drains of a task that takes memory offline say. They are the model's; but a page that
 * such a drain did not find is not where the model has it.
 */
import type { Pages } from '../../../linux/mm/pages/pages.js';
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import { NR_PCP_LISTS, type ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import { ALLOC, PCPU_DRAIN, isPageEvent } from '../events.js';
import { NO_ROW, PageHistory } from '../history.js';

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
  return [...gone, ...takenBefore(trace, pages, zp, row, seen)];
}

/**
 * Blocks that stay behind on lists that the task drains, and that are allocated next: they were
 * taken off before it came, and who took them was stopped before it told so.
 */
function takenBefore(
  trace: Trace, pages: Pages, zp: ZonePages, row: number, seen: ReadonlySet<number>,
): readonly number[] {
  const { arena } = pages;
  const isDrained = (slot: number): boolean => seen.has(slot) && arena.state[slot] === ON_PCP;
  const drained = new Set([...seen].filter((slot) => isDrained(slot) && pages.zoneOf(slot) === zp)
    .map((slot) => arena.cpu[slot]));
  return allocatedNext(trace, pages, zp, row)
    .filter((slot) => !seen.has(slot) && drained.has(arena.cpu[slot]));
}

/**
 * Blocks that are on lists of the zone, and of which the next event is an allocation: a drain of
 * all lists at this row finds none of them there, or there would be an event of that.
 */
export function allocatedNext(
  trace: Trace, pages: Pages, zp: ZonePages, row: number,
): readonly number[] {
  const { arena } = pages;
  const history = PageHistory.of(trace);
  const found: number[] = [];
  for (const { heads } of zp.pcp) {
    for (let list = 0; list < NR_PCP_LISTS; list += 1) {
      const head = heads + list;
      for (let slot = arena.next[head] as number; slot !== head;
        slot = arena.next[slot] as number) {
        const { after } = history.around(arena.pfnOf(slot), row);
        if (after !== NO_ROW && trace.columns.event.get(after) === ALLOC) found.push(slot);
      }
    }
  }
  return found;
}
