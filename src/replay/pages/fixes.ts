/**
 * How the model is made to follow a trace where it has pages in other blocks or places than the
 * machine had. Called by corrections.ts alone, which counts.
 */
import { MIGRATE_MOVABLE } from '../../linux/include/migratetype.js';
import {
  MAX_PAGE_ORDER, pageblock_nr_pages, pageblock_order,
} from '../../linux/include/mmzone.js';
import { FPI_NONE } from '../../linux/include/page_alloc.js';
import type { Kernel } from '../../linux/base/kernel.js';
import { ALLOCATED, FREE, NOTHING } from '../../linux/mm/pages/arena.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../linux/mm/pages/zone_pages.js';
import type { CorrectionCause } from '../../observe/facts/causes.js';
import type { Claim } from './inference/claims.js';

/** Nobody allocates from the lists of a CPU that is down. */
const NONE_DOWN: ReadonlySet<number> = new Set();

/** An allocated block is freed in parts: each part is a block from now on. */
function splitAllocated(pages: Pages, first: number, wanted: number, order: number): void {
  const { state, order: orders, type: types } = pages.arena;
  const type = types[first] as number;
  let slot = first;
  for (let high = (orders[first] as number) - 1; high >= order; high -= 1) {
    const upper = slot + (1 << high);
    const other = wanted >= upper ? slot : upper;
    pages.arena.note(other);
    state[other] = ALLOCATED;
    orders[other] = high;
    types[other] = type;
    if (wanted >= upper) slot = upper;
  }
  pages.arena.note(wanted);
  state[wanted] = ALLOCATED;
  orders[wanted] = order;
  types[wanted] = type;
}

/** Blocks that were allocated one by one are freed as a whole; false: there were none. */
function absorbAllocated(
  pages: Pages, zp: ZonePages, slot: number, order: number, type: number,
): boolean {
  const { state, order: orders } = pages.arena;
  let known = 0;
  for (let part = slot; part < slot + (1 << order); part += 1) {
    if (state[part] !== ALLOCATED) continue;
    known += 1 << (orders[part] as number);
    pages.arena.note(part);
    state[part] = NOTHING;
  }
  if (known === 0) return false;
  zp.nr_allocated -= known;
  zp.nr_unknown -= (1 << order) - known;
  pages.setAllocated(zp, slot, order, type);
  return true;
}

/** Takes the pages from wherever the model has them; what it has nowhere was in use. */
export function gatherPages(pages: Pages, zp: ZonePages, slot: number, order: number): void {
  // Counted first: it changes nr_unknown itself.
  const missing = takeParts(pages, zp, slot, order, blockWith(pages, slot));
  zp.nr_unknown -= missing;
}

/**
 * The same of a block that was free: so was what the model has nowhere. `whole`: see blockWith().
 */
export function gatherFree(
  pages: Pages, zp: ZonePages, slot: number, order: number, whole: number,
): void {
  // Counted first: it changes nr_free_pages itself.
  const missing = whole < 0 && order === 0 ? 1 : takeParts(pages, zp, slot, order, whole);
  zp.zone.nr_free_pages -= missing;
}

/** First slot of the block that has this slot, wherever it is; -1: the model has it nowhere. */
export function blockWith(pages: Pages, slot: number): number {
  const { state, order: orders } = pages.arena;
  for (let order = 0; order <= MAX_PAGE_ORDER; order += 1) {
    const first = slot & ~((1 << order) - 1);
    if (state[first] !== NOTHING && (orders[first] as number) >= order) return first;
  }
  return -1;
}

/**
 * Takes pages out of all lists and counts; how many of them the model has nowhere. The rest of a
 * larger free block stays free.
 */
function takeParts(
  pages: Pages, zp: ZonePages, slot: number, order: number, whole: number,
): number {
  const { state, order: orders } = pages.arena;
  if (whole >= 0 && state[whole] === FREE && (orders[whole] as number) > order) {
    pages.lists.carve(zp, whole, slot, order);
    return 0;
  }
  const end = slot + (1 << order);
  let missing = 1 << order;
  const take = (first: number): void => {
    const behind = first + (1 << (orders[first] as number));
    pages.takeBlock(zp, first);
    const inside = Math.min(behind, end) - slot;
    missing -= inside - Math.max(0, first - slot);
    // Of the rest nobody knows any more where it is.
    zp.nr_unknown += Math.max(0, slot - first) + Math.max(0, behind - end);
  };
  if (whole >= 0 && whole !== slot) take(whole);
  for (let part = slot; part < end;) {
    const size = state[part] === NOTHING ? 1 : 1 << (orders[part] as number);
    if (state[part] !== NOTHING) take(part);
    part += size;
  }
  return missing;
}

/** A block that is on no list any more is free. */
export function freeBlock(
  k: Kernel, pages: Pages, zp: ZonePages, slot: number, order: number,
): void {
  k.__free_one_page(slot, zp.zone, order, pages.typeOf(slot), FPI_NONE);
}

/** A block leaves its per-cpu list for the buddy allocator. */
export function drainBlock(k: Kernel, pages: Pages, zp: ZonePages, slot: number): void {
  const pcp = zp.pcp[pages.arena.cpu[slot] as number] as PcpLists;
  const order = pages.unlistPcp(zp, pcp, slot);
  const type = pages.pcpType(zp.zone, slot);
  k.__free_one_page(slot, zp.zone, order, type, FPI_NONE);
  pages.drained?.(slot, order, type, pcp.cpu);
}

/** The pageblocks are of the type of the request now; false: they were before. */
export function retypeBlocks(
  k: Kernel, pages: Pages, zp: ZonePages, { slot, first, pages: size, type }: Claim,
): boolean {
  if (pages.typeOf(slot) === type) return false;
  for (let block = first; block < first + size; block += pageblock_nr_pages) {
    k.move_freepages_block(zp.zone, block, type);
    pages.arena.blockType[block >>> pageblock_order] = type;
  }
  return true;
}

/**
 * Makes the model hold exactly this block as allocated, before it is freed. Undefined: it was, in
 * one block or several.
 */
export function makeAllocated(
  pages: Pages, zp: ZonePages, slot: number, order: number,
): CorrectionCause | undefined {
  const { state, order: orders, type: types } = pages.arena;
  for (let high = 0; high <= MAX_PAGE_ORDER; high += 1) {
    const first = slot & ~((1 << high) - 1);
    const begun = state[first] as number;
    if (begun === NOTHING || (orders[first] as number) < high) continue;
    if (begun !== ALLOCATED) {
      // Bulk allocations have no event: the page was allocated, unseen.
      gatherPages(pages, zp, slot, order);
      pages.setAllocated(zp, slot, order, MIGRATE_MOVABLE);
      return 'free_not_allocated';
    }
    if ((orders[first] as number) > order) splitAllocated(pages, first, slot, order);
    else absorbAllocated(pages, zp, slot, order, types[first] as number);
    return undefined;
  }
  if (order > 0 && absorbAllocated(pages, zp, slot, order, MIGRATE_MOVABLE)) return undefined;
  return 'page_from_before';
}

/** Pages without a name were in use; where all that are in use have one, they were free. */
function takeUnknown(zp: ZonePages, size: number): void {
  if (zp.nr_unknown >= size) zp.nr_unknown -= size;
  else zp.zone.nr_free_pages -= size;
}

/**
 * A page that we cannot name leaves the per-cpu lists: this CPU's, when it has such pages. The
 * lists of a CPU that is `down` the model has drained at once.
 */
export function takeUnnamed(
  zp: ZonePages, order: number, cpu: number, down: ReadonlySet<number>,
): void {
  const size = 1 << order;
  const dead = zp.pcp.find((one) => down.has(one.cpu) && one.untold >= size);
  if (dead !== undefined) dead.untold -= size;
  const own = zp.pcp[cpu];
  const from = dead !== undefined ? undefined
    : own !== undefined && own.unnamed >= size ? own
      : zp.pcp.find((one) => one.unnamed >= size);
  if (from === undefined) {
    takeUnknown(zp, size);
    return;
  }
  from.unnamed -= size;
  from.count -= size;
  zp.nr_pcp -= size;
}

/**
 * An allocated page was free before the recording began, or it is not free at all. `listOf`: the
 * CPU whose list it came from; undefined: from none.
 */
export function takeUnlisted(
  pages: Pages, zp: ZonePages, slot: number, order: number, listOf: number | undefined,
): CorrectionCause {
  if (pages.arena.isKnown(slot) || blockWith(pages, slot) >= 0) {
    gatherPages(pages, zp, slot, order);
    return 'alloc_not_free';
  }
  if (listOf === undefined) takeUnknown(zp, 1 << order);
  else takeUnnamed(zp, order, listOf, NONE_DOWN);
  return 'page_from_before';
}
