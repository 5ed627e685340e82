/**
 * The buddy allocator: mm/page_alloc.c. A block is named by the slot of its first page in
 * `k.state.pages.arena`, which stands for the kernel's struct page: `arena.pfnOf(slot)` is its pfn,
 * and the slot of a block's buddy differs from its own in one bit.
 */
import type { Kernel } from '../../base/kernel.js';
import { MIGRATE_PCPTYPES } from '../../include/migratetype.js';
import {
  MAX_PAGE_ORDER, pageblock_nr_pages, pageblock_order, type Zone,
} from '../../include/mmzone.js';
import { FPI_TO_TAIL, NO_BLOCK, type FpiFlags } from '../../include/page_alloc.js';
import { FREE, NOTHING, POISONED } from '../pages/arena.js';
import type { Pages } from '../pages/pages.js';
import type { ZonePages } from '../pages/zone_pages.js';
import { mergesLater, putHalves } from './direct.js';

/** Two blocks of a pageblock or more merge only when both can be mixed with others. */
function mayMerge(
  k: Kernel, pages: Pages, zp: ZonePages, buddy: number, order: number,
  migratetype: number,
): boolean {
  const { zone, blockType } = pages.arena;
  const block = buddy >>> pageblock_order;
  if (zone[block] !== zp.number) return false;
  const other = blockType[block] as number;
  if (other === migratetype) return true;
  if (migratetype >= MIGRATE_PCPTYPES || other >= MIGRATE_PCPTYPES) return false;
  // From v6.10 the buddy's pageblock becomes one of the freed block's type.
  if (!k.config.migratetype_cached) k.change_pageblock_range(buddy, order, migratetype);
  return true;
}

/**
 * The block merges with its buddies and goes on a list of `migratetype`.
 * @kernel mm/page_alloc.c v7.3 reduced: no guard pages, no capture by compaction, no shuffling;
 *   from v6.19 on all pageblocks of a buddy get the type, but with blocks of two at most it has one
 */
export function __free_one_page(
  k: Kernel, slot: number, zone: Zone, order: number, migratetype: number, fpi_flags: FpiFlags,
): void {
  const pages = k.state.pages as Pages;
  const zp = pages.zonePages(zone);
  const { arena, lists } = pages;
  const { state, order: orders } = arena;
  let first = slot;
  let merged = order;
  lists.account(zp, 1 << order, migratetype);
  while (merged < MAX_PAGE_ORDER) {
    const buddy = first ^ (1 << merged);
    if (state[buddy] !== FREE || orders[buddy] !== merged) break;
    if (merged >= pageblock_order && !mayMerge(k, pages, zp, buddy, merged, migratetype)) break;
    lists.take(buddy);
    first &= buddy;
    merged += 1;
  }
  arena.note(slot);
  state[slot] = NOTHING;
  const to_tail = fpi_flags === FPI_TO_TAIL ||
    (k.direct.page_allocator ? mergesLater(arena, first, merged)
      : k.buddy_merge_likely(first, merged));
  lists.put(zp, first, merged, migratetype, to_tail);
}

/**
 * The pair above is likely to become whole soon: better not to hand this block out.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function buddy_merge_likely(k: Kernel, slot: number, order: number): boolean {
  return mergesLater((k.state.pages as Pages).arena, slot, order);
}

/**
 * A block of order `high` that was taken is used from its begin, with order `low`: the rest goes
 * on lists of `migratetype`, in halves. Not counted.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function expand(
  k: Kernel, zone: Zone, slot: number, low: number, high: number, migratetype: number,
): void {
  const { lists, zonePages } = k.state.pages as Pages;
  putHalves(lists, zonePages(zone), slot, low, high, migratetype);
}

/**
 * Takes a block off its list, and puts back what is more than wanted.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function page_del_and_expand(
  k: Kernel, zone: Zone, slot: number, low: number, high: number, migratetype: number,
): void {
  const { arena, lists, zonePages } = k.state.pages as Pages;
  lists.take(slot);
  if (high > low) k.expand(zone, slot, low, high, migratetype);
  lists.account(zonePages(zone), -(1 << low), migratetype);
  arena.order[slot] = low;
}

/**
 * A free page leaves the buddy allocator for good, the rest of its block stays there.
 * @returns whether it was free
 * @kernel mm/page_alloc.c v7.3 full; a page that nobody can name is not known to be free
 */
export function take_page_off_buddy(k: Kernel, pfn: number): boolean {
  const { pages } = k.state;
  const zone = k.page_zone(pfn);
  const slot = pages === undefined || pages.freeBlockWith(pfn) < 0 ? NO_BLOCK : pages.slot(pfn);
  if (pages === undefined || zone === undefined || slot === NO_BLOCK) return false;
  const zp = pages.zonePages(zone);
  const before = zone.nr_free_pages;
  pages.lists.carve(zp, pages.lists.blockOf(slot), slot, 0);
  if (!k.config.taken_off_counted) zone.nr_free_pages = before;
  pages.setAllocated(zp, slot, 0, POISONED);
  return true;
}

/**
 * The smallest block of the type that is large enough; NO_BLOCK (-1): there is none.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function __rmqueue_smallest(
  k: Kernel, zone: Zone, order: number, migratetype: number,
): number {
  const pages = k.state.pages as Pages;
  const zp = pages.zonePages(zone);
  for (let high = order; high <= MAX_PAGE_ORDER; high += 1) {
    const slot = pages.lists.first(zp, high, migratetype);
    if (slot === NO_BLOCK) continue;
    k.page_del_and_expand(zone, slot, order, high, migratetype);
    return slot;
  }
  return NO_BLOCK;
}

/** Cuts a free block that reaches over the pageblock into pageblocks. */
function splitAround(pages: Pages, zp: ZonePages, block: number): void {
  const { order: orders, type: types } = pages.arena;
  const first = pages.lists.blockOf(block);
  if (first < 0 || (orders[first] as number) <= pageblock_order) return;
  const order = orders[first] as number;
  const type = types[first] as number;
  pages.lists.take(first);
  for (let slot = first; slot < first + (1 << order); slot += pageblock_nr_pages) {
    pages.lists.put(zp, slot, pageblock_order, type, false);
  }
}

/**
 * The free pages of the pageblock that begins with this slot go to the lists of `migratetype`; how
 * many there were. The pageblock keeps its type. Up to v6.9 a free block of two pageblocks is moved
 * whole, with the first of them; later it is split.
 * @kernel mm/page_alloc.c v6.12 reduced: pageblocks lie in one zone
 */
export function move_freepages_block(
  k: Kernel, zone: Zone, block: number, migratetype: number,
): number {
  const pages = k.state.pages as Pages;
  const zp = pages.zonePages(zone);
  const { lists, arena: { state, order: orders, type: types } } = pages;
  if (!k.config.migratetype_cached) splitAround(pages, zp, block);
  const whole = lists.blockOf(block);
  if (whole >= 0 && whole !== block) return 0;
  let moved = 0;
  for (let slot = block; slot < block + pageblock_nr_pages;) {
    if (state[slot] !== FREE) {
      slot += 1;
      continue;
    }
    const order = orders[slot] as number;
    lists.account(zp, -(1 << order), types[slot] as number);
    lists.take(slot);
    lists.put(zp, slot, order, migratetype, k.config.moved_to_tail);
    lists.account(zp, 1 << order, migratetype);
    moved += 1 << order;
    slot += 1 << order;
  }
  return moved;
}

/**
 * From v6.12 a block of more than a pageblock is freed pageblock by pageblock, each by its type.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function split_large_buddy(
  k: Kernel, zone: Zone, slot: number, order: number, fpi_flags: FpiFlags,
): void {
  const pages = k.state.pages as Pages;
  if (!k.config.large_frees_split || order <= pageblock_order) {
    k.__free_one_page(slot, zone, order, pages.typeOf(slot), fpi_flags);
    return;
  }
  pages.arena.note(slot);
  pages.arena.state[slot] = NOTHING;
  for (let part = slot; part < slot + (1 << order); part += pageblock_nr_pages) {
    k.__free_one_page(part, zone, pageblock_order, pages.typeOf(part), fpi_flags);
  }
}
