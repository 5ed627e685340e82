/** mm/page_alloc.c: types and bits of pageblocks; free pages go where the type says. */
import { roundDown } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { changedPieces, pagesOf } from '../../base/system_ram.js';
import {
  pageblock_nr_pages, pageblock_order, type Zone, type MigrateType,
} from '../../include/mmzone.js';
import { MIGRATE_ISOLATE, migratetypeCode } from '../../include/migratetype.js';
import type { Pages } from '../pages/pages.js';

/**
 * The skip bit of a pageblock. It is the section's, so that a wrong zone does no harm; but with
 * DEBUG_VM the zone that the page names has to span it.
 * @kernel mm/page_alloc.c v6.12 reduced: the skip bit only
 */
export function set_pfnblock_flags_mask(k: Kernel, pfn: number): void {
  const zone = k.page_zone(pfn);
  const spans = zone !== undefined && k.zone_spans_pfn(zone, pfn);
  k.VM_BUG_ON_PAGE(
    !spans, 'set_pfnblock_flags_mask', '!zone_spans_pfn(page_zone(page), pfn)', pfn);
  k.state.pageblock_skip.add(roundDown(pfn, pageblock_nr_pages));
}

/** First and last page are valid and name the zone, and the first one is online.
 * @kernel mm/page_alloc.c v7.3 full */
export function __pageblock_pfn_to_page(
  k: Kernel, start_pfn: number, end_pfn: number, zone: Zone,
): boolean {
  if (!k.pfn_valid(start_pfn) || !k.pfn_valid(end_pfn - 1)) return false;
  if (!k.pfn_to_online_page(start_pfn)) return false;
  return k.page_zone(start_pfn) === zone && k.page_zone(end_pfn - 1) === zone;
}

/** All pageblocks of [start_pfn, end_pfn). @kernel mm/page_alloc.c v7.3 custom: for a range */
export function set_pageblock_migratetype(
  k: Kernel, start_pfn: number, end_pfn: number, type: MigrateType,
): void {
  const code = migratetypeCode(type);
  k.state.pageblocks.set(start_pfn, end_pfn, code);
  k.state.pages?.setTypes(start_pfn, end_pfn, code);
}

/**
 * As set_pageblock_migratetype(), for pageblocks that get their first type and may be isolated.
 * @kernel mm/page_alloc.c v7.3 custom: for a range
 */
export function init_pageblock_migratetype(
  k: Kernel, start_pfn: number, end_pfn: number, type: MigrateType, isolate: boolean,
): void {
  k.set_pageblock_migratetype(start_pfn, end_pfn, type);
  if (!isolate) return;
  k.state.pageblocks.isolate(start_pfn, end_pfn, migratetypeCode(type));
  k.state.pages?.setTypes(start_pfn, end_pfn, MIGRATE_ISOLATE);
}

/** Moves free pages that page-level state can name; how many there are beside them. */
function moveNamed(k: Kernel, pages: Pages, zone: Zone, pfn: number, type: number): number {
  pages.touched?.('type', pfn, pfn + pageblock_nr_pages);
  const unnamed = pages.unnamedFree(pfn);
  const block = pages.arena.slotOf(pfn);
  if (block < 0) return unnamed;
  pages.arena.blockType[block >>> pageblock_order] = type;
  k.move_freepages_block(zone, block, type);
  return unnamed;
}

/**
 * The free pages of the pageblock go to the lists of `to`; the pageblock is of that type now.
 * NR_FREE_PAGES does not count isolated pages.
 * @kernel mm/page_alloc.c v6.12 reduced: without page-level state all pages that nobody withholds
 *   count as free, which is what they are when isolation has succeeded
 */
export function move_freepages_block_isolate(k: Kernel, pfn: number, to: MigrateType): void {
  const zone = k.page_zone(pfn);
  if (zone === undefined) return;
  const isolates = to === 'Isolate';
  const end = pfn + pageblock_nr_pages;
  const under = k.get_pageblock_migratetype(pfn);
  const unnamed = k.state.pages === undefined ? pageblock_nr_pages
    : moveNamed(k, k.state.pages, zone, pfn, migratetypeCode(to));
  if (isolates && k.config.isolation_is_a_bit) k.state.pageblocks.isolate(pfn, end, under);
  else k.state.pageblocks.set(pfn, end, migratetypeCode(to));
  if (unnamed === 0) return;
  const memory = Math.min(unnamed, pagesOf(changedPieces(k, pfn, pageblock_nr_pages)));
  const free = Math.max(0, memory - k.nr_withheld_pages(pfn, pageblock_nr_pages));
  const moved = Math.min(free, isolates ? zone.nr_free_pages : zone.nr_isolated_pages);
  zone.nr_free_pages += isolates ? -moved : moved;
  zone.nr_isolated_pages += isolates ? moved : -moved;
}

/**
 * Pageblocks of a free block that merges with one of another type: all of them, or the first (up
 * to v6.18, where set_pageblock_migratetype() is called). `slot`: of the block in the page arena.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function change_pageblock_range(
  k: Kernel, slot: number, order: number, migratetype: number,
): void {
  const { blockType } = (k.state.pages as Pages).arena;
  const blocks = k.config.coalesced_types === 'all' ? 1 << (order - pageblock_order) : 1;
  const first = slot >>> pageblock_order;
  blockType.fill(migratetype, first, first + blocks);
}
