/**
 * Allocations that have no event. alloc_pages_bulk() prints none for the pages that it takes from
 * a per-cpu list (mm/page_alloc.c, v5.13 and later); kernel stacks come from there, and whatever
 * else vmalloc() needs. Where each page is on its list says what was taken: a list is used from
 * its front.
 */
import { MIGRATE_MOVABLE } from '../../../linux/include/migratetype.js';
import { NOTHING, ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import { NR_PCP_LISTS, type PcpLists, type ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import {
  ALLOC, BATCHED, EXTFRAG, FREE_ROW, PCPU_DRAIN, ZONE_LOCKED, isPageEvent, pageRowsOf,
} from '../events.js';
import { NO_ROW, PageHistory } from '../history.js';

const NONE: readonly number[] = [];

/**
 * A block is to be taken from its list, as its row says: what is before it was taken already, when
 * the trace allows that. The kernel allocates in bulk for itself, so no movable page. A row comes
 * when its page is cleared; what an interrupt has freed since the page left its list is before it
 * and was not taken.
 */
export function takenInFront(
  trace: Trace, pages: Pages, zp: ZonePages, slot: number, row: number,
): readonly number[] {
  const { arena } = pages;
  const { prev } = arena;
  if (arena.type[slot] === MIGRATE_MOVABLE || zp.partial) return NONE;
  const pcp = zp.pcp[arena.cpu[slot] as number] as PcpLists;
  const head = pcp.heads + pages.listOf(slot);
  let taken: number[] | undefined;
  let latest = NO_ROW;
  for (let one = prev[slot] as number; one !== head; one = prev[one] as number) {
    const { came, taken: isTaken } = stay(trace, arena.pfnOf(one), row);
    if (isTaken) (taken ??= []).push(one);
    else latest = Math.max(latest, came);
  }
  if (taken === undefined) return NONE;
  const since = freedInARow(trace, row);
  // Of blocks that are freed in a row none is taken in between: one that stays says it for all.
  if (latest < since || cameAt(trace, arena.pfnOf(slot), row - 1) >= since) return taken;
  return taken.filter((one) => cameAt(trace, arena.pfnOf(one), row) < since);
}

function cameAt(trace: Trace, pfn: number, row: number): number {
  return stay(trace, pfn, row).came;
}

/** The first of the frees on the CPU of this row that nothing but frees separates from it. */
function freedInARow(trace: Trace, row: number): number {
  const { event, cpu } = trace.columns;
  const own = cpu.get(row);
  let first = row;
  for (let at = row - 1; at >= 0; at -= 1) {
    if (cpu.get(at) !== own) continue;
    if (event.get(at) !== FREE_ROW && event.get(at) !== BATCHED) break;
    first = at;
  }
  return first;
}

/**
 * A snapshot counts fewer pages on lists than the model has: as many as were taken meanwhile, if
 * blocks at the front of a list can have been, before others came there. When that was nothing
 * else tells; the reader of a /proc file itself holds such pages from v6.5 on
 * (copy_splice_read()). `recorded`: pages on the lists of each CPU.
 */
export function missingFromLists(
  trace: Trace, pages: Pages, zp: ZonePages, recorded: readonly (number | undefined)[], row: number,
): readonly number[] {
  return [...zp.pcp.entries()].flatMap(([cpu, pcp]) => {
    const missing = pcp.count - (recorded[cpu] ?? pcp.count);
    const found = missing > 0 ? begun(trace, pages, zp, pcp, missing, row) : [];
    const size = found.reduce((sum, slot) => sum + (1 << (pages.arena.order[slot] as number)), 0);
    return size === missing ? found : taken(trace, pages, pcp, missing, row);
  });
}

/**
 * The block of an allocation that the CPU had begun when the snapshot was read: it is off its
 * list, and the CPU's next event tells of it, when its task comes back and the page is cleared.
 */
function begun(
  trace: Trace, pages: Pages, zp: ZonePages, pcp: PcpLists, most: number, row: number,
): readonly number[] {
  const { event, cpu, pfn } = trace.columns;
  const { arena } = pages;
  let at = row + 1;
  while (at < trace.length &&
    (isPageEvent[event.get(at)] !== 1 || cpu.get(at) !== pcp.cpu)) at += 1;
  if (at === trace.length || event.get(at) !== ALLOC) return [];
  const slot = arena.slotOf(pfn.get(at));
  const isListed = slot >= 0 && arena.state[slot] === ON_PCP && arena.cpu[slot] === pcp.cpu &&
    pages.zoneOf(slot) === zp;
  return isListed && 1 << (arena.order[slot] as number) <= most ? [slot] : [];
}

/** Blocks of this CPU's lists that can be so many missing pages; none: no such blocks are. */
function taken(
  trace: Trace, { arena }: Pages, pcp: PcpLists, missing: number, row: number,
): readonly number[] {
  const found: number[] = [];
  let left = missing;
  for (let list = 0; list < NR_PCP_LISTS && left > 0; list += 1) {
    const head = pcp.heads + list;
    // Of those that are still there, when the one came that is there for the longest time.
    let oldest = Infinity;
    for (let slot = arena.next[head] as number; slot !== head && left > 0;
      slot = arena.next[slot] as number) {
      if (arena.type[slot] === MIGRATE_MOVABLE) break;
      const { came, taken: isTaken } = stay(trace, arena.pfnOf(slot), row);
      // What is in front of it came later, when it was gone already.
      if (isTaken && came < oldest) {
        found.push(slot);
        left -= 1 << (arena.order[slot] as number);
      } else oldest = Math.min(oldest, came);
    }
  }
  return left === 0 ? found : [];
}

/**
 * Pages of a range that were not free at a row though nothing told of it before: they are freed
 * later, or drained from a list.
 */
export function usedBefore(
  trace: Trace, { arena }: Pages, start: number, end: number, row: number,
): number {
  const history = PageHistory.of(trace);
  const { event, order } = trace.columns;
  const online = nextOnline(trace, start, row);
  let used = 0;
  for (let pfn = start; pfn < end; pfn += 1) {
    const slot = arena.slotOf(pfn);
    if (slot >= 0 && arena.state[slot] !== NOTHING) continue;
    const { after } = history.around(pfn, row);
    if (after === NO_ROW || after > online || !usedNext.has(event.get(after))) continue;
    used += Math.min(1 << order.get(after), end - pfn);
  }
  return used;
}

/** The row after which the page may be freed because it is onlined again. */
function nextOnline(trace: Trace, pfn: number, row: number): number {
  return pageRowsOf(trace).others.find((at) => at > row && trace.phase(at) !== 'E' &&
    trace.event(at).startsWith('online') && trace.pfn(at) <= pfn &&
    pfn < trace.pfn(at) + trace.nr_pages(at)) ?? Infinity;
}

/**
 * The row by which a page came to its list; and whether it leaves that by no event, but is freed
 * or not seen again.
 */
function stay(
  trace: Trace, pfn: number, row: number,
): { readonly came: number; readonly taken: boolean } {
  const { before, after } = PageHistory.of(trace).around(pfn, row);
  const { event } = trace.columns;
  const enters = before !== NO_ROW && cameBy.has(event.get(before));
  return { came: before, taken: enters && (after === NO_ROW || event.get(after) === FREE_ROW) };
}

/** What puts a page on a per-cpu list. */
const cameBy: ReadonlySet<number> = new Set([FREE_ROW, BATCHED, ZONE_LOCKED, EXTFRAG]);
/** What comes next for a page that is in use, or on a per-cpu list. */
const usedNext: ReadonlySet<number> = new Set([FREE_ROW, PCPU_DRAIN, ALLOC]);
