/**
 * Blocks of another migratetype than the one that was asked for: mm/page_alloc.c. By version: up to
 * v6.9 the pageblock's free pages are moved before anybody looks whether it is to be claimed, and
 * the search begins again; up to v6.14 they are counted first; later claiming and stealing are
 * two searches, and rmqueue_bulk() remembers which of them found a block.
 */
import type { Kernel } from '../../base/kernel.js';
import {
  MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE,
} from '../../include/migratetype.js';
import {
  MAX_PAGE_ORDER, pageblock_nr_pages, pageblock_order, type Zone,
} from '../../include/mmzone.js';
import {
  FALLBACK_EMPTY, FALLBACK_NOCLAIM, NO_BLOCK, type RmqueueMode,
} from '../../include/page_alloc.js';
import { ALLOCATED, FREE } from '../pages/arena.js';
import type { Pages } from '../pages/pages.js';

const PAGEBLOCK_MASK = pageblock_nr_pages - 1;
/** From this order on a block is worth its pageblock. */
const CLAIM_ORDER = Math.floor(pageblock_order / 2);

/** fallbacks[][]: migratetypes to fall back to, in order. */
const fallbacks: readonly (readonly number[])[] = [
  [MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE],
  [MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE],
  [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE],
];

/**
 * A block of this order is worth claiming its pageblock for the request: can_steal_fallback() up to
 * v6.14.
 * @kernel mm/page_alloc.c v7.3 reduced: grouping by mobility is on
 */
export function should_try_claim_block(_k: Kernel, order: number, start_mt: number): boolean {
  return order >= CLAIM_ORDER || start_mt !== MIGRATE_MOVABLE;
}

/**
 * The migratetype to take a free block of this order from; FALLBACK_EMPTY (-1): no list has one.
 * FALLBACK_NOCLAIM (-2), only when `claimable`: blocks of this order are too small to claim for.
 * @kernel mm/page_alloc.c v7.3 full: up to v6.15 can_steal comes back beside the migratetype
 */
export function find_suitable_fallback(
  k: Kernel, zone: Zone, order: number, migratetype: number, claimable: boolean,
): number {
  const { lists, zonePages } = k.state.pages as Pages;
  const zp = zonePages(zone);
  if (claimable && !k.should_try_claim_block(order, migratetype)) return FALLBACK_NOCLAIM;
  const types = fallbacks[migratetype] ?? [];
  return types.find((other) => lists.first(zp, order, other) !== NO_BLOCK) ?? FALLBACK_EMPTY;
}

/** Pages of a pageblock that are free, and that are in use and can be moved. */
function pagesIn(pages: Pages, block: number): { readonly free: number; readonly movable: number } {
  const { state, order: orders, type: types } = pages.arena;
  let free = 0;
  let movable = 0;
  for (let slot = block; slot < block + pageblock_nr_pages;) {
    const size = 1 << (orders[slot] as number);
    if (state[slot] === FREE) free += size;
    else if (state[slot] === ALLOCATED && types[slot] === MIGRATE_MOVABLE) movable += size;
    slot += state[slot] === FREE || state[slot] === ALLOCATED ? size : 1;
  }
  return { free, movable };
}

/** Pages in use there that are compatible with the request. */
function alikePages(start_type: number, block_type: number, free: number, movable: number): number {
  if (start_type === MIGRATE_MOVABLE) return movable;
  return block_type === MIGRATE_MOVABLE ? pageblock_nr_pages - (free + movable) : 0;
}

/** change_pageblock_range(): all pageblocks of the block. */
function changePageblocks(pages: Pages, slot: number, order: number, type: number): void {
  const first = slot >>> pageblock_order;
  pages.arena.blockType.fill(type, first, first + (1 << (order - pageblock_order)));
}

/** Up to v6.9: the free block, or all that is free around it, goes to the lists of the request. */
function steal(
  k: Kernel, zone: Zone, slot: number, order: number, start_type: number, whole_block: boolean,
): void {
  const pages = k.state.pages as Pages;
  const block = slot & ~PAGEBLOCK_MASK;
  if (order >= pageblock_order) changePageblocks(pages, slot, order, start_type);
  else if (whole_block) {
    const block_type = pages.typeOf(slot);
    const { movable } = pagesIn(pages, block);
    const free = k.move_freepages_block(zone, block, start_type);
    if (free > 0) {
      const alike = alikePages(start_type, block_type, free, movable);
      if (free + alike >= pageblock_nr_pages / 2) {
        pages.arena.blockType[block >>> pageblock_order] = start_type;
      }
      return;
    }
  }
  const zp = pages.zonePages(zone);
  pages.lists.remove(zp, slot);
  pages.lists.put(zp, slot, order, start_type, k.config.moved_to_tail);
  pages.lists.account(zp, 1 << order, start_type);
}

/**
 * Takes a block out of a pageblock that the request claims; NO_BLOCK: too little of it is free or
 * compatible. A free block of a pageblock or more is claimed whatever it is.
 * @kernel mm/page_alloc.c v7.3 reduced: no boost of watermarks; of pages that nobody can name it
 *   is not known whether they can be moved
 */
export function try_to_claim_block(
  k: Kernel, zone: Zone, slot: number, current_order: number, order: number, start_type: number,
  block_type: number,
): number {
  const pages = k.state.pages as Pages;
  if (current_order >= pageblock_order) {
    const zp = pages.zonePages(zone);
    pages.lists.remove(zp, slot);
    changePageblocks(pages, slot, current_order, start_type);
    k.expand(zone, slot, order, current_order, start_type);
    pages.lists.account(zp, (1 << current_order) - (1 << order), start_type);
    pages.arena.order[slot] = order;
    return slot;
  }
  const block = slot & ~PAGEBLOCK_MASK;
  const { free, movable } = pagesIn(pages, block);
  const alike = alikePages(start_type, block_type, free, movable);
  if (free + alike < pageblock_nr_pages / 2) return NO_BLOCK;
  k.move_freepages_block(zone, block, start_type);
  pages.arena.blockType[block >>> pageblock_order] = start_type;
  return k.__rmqueue_smallest(zone, order, start_type);
}

/**
 * From the largest free block on down, as long as blocks are worth it.
 * @kernel mm/page_alloc.c v7.3 reduced: no ALLOC_NOFRAGMENT
 */
export function __rmqueue_claim(
  k: Kernel, zone: Zone, order: number, start_migratetype: number,
): number {
  const { lists, zonePages } = k.state.pages as Pages;
  const zp = zonePages(zone);
  for (let current = MAX_PAGE_ORDER; current >= order; current -= 1) {
    const other = k.find_suitable_fallback(zone, current, start_migratetype, true);
    if (other === FALLBACK_EMPTY) continue;
    if (other === FALLBACK_NOCLAIM) break;
    const slot = k.try_to_claim_block(
      zone, lists.first(zp, current, other), current, order, start_migratetype, other);
    if (slot !== NO_BLOCK) return slot;
  }
  return NO_BLOCK;
}

/** The smallest free block of another type; its pageblock stays as it is.
 * @kernel mm/page_alloc.c v7.3 full */
export function __rmqueue_steal(
  k: Kernel, zone: Zone, order: number, start_migratetype: number,
): number {
  const { lists, zonePages } = k.state.pages as Pages;
  for (let current = order; current <= MAX_PAGE_ORDER; current += 1) {
    const other = k.find_suitable_fallback(zone, current, start_migratetype, false);
    if (other < 0) continue;
    const slot = lists.first(zonePages(zone), current, other);
    k.page_del_and_expand(zone, slot, order, current, other);
    return slot;
  }
  return NO_BLOCK;
}

/** The block, or what is to be taken from its list, by the rule of v6.14 and before. */
function fallBackTo(
  k: Kernel, zone: Zone, current: number, order: number, start_type: number, other: number,
): number {
  const { lists, zonePages } = k.state.pages as Pages;
  const slot = lists.first(zonePages(zone), current, other);
  const whole_block = k.should_try_claim_block(current, start_type);
  if (k.config.migratetype_cached) {
    steal(k, zone, slot, current, start_type, whole_block);
    return k.__rmqueue_smallest(zone, order, start_type);
  }
  const claimed = whole_block
    ? k.try_to_claim_block(zone, slot, current, order, start_type, other) : NO_BLOCK;
  if (claimed !== NO_BLOCK) return claimed;
  k.page_del_and_expand(zone, slot, order, current, other);
  return slot;
}

/**
 * Up to v6.14, and in 6.12 as released: from the largest free block on down; a movable request
 * takes the smallest one when the largest is not worth its pageblock.
 * @kernel mm/page_alloc.c v6.11 reduced: no boost of watermarks, no ALLOC_NOFRAGMENT
 */
export function __rmqueue_fallback(
  k: Kernel, zone: Zone, order: number, start_migratetype: number,
): number {
  for (let current = MAX_PAGE_ORDER; current >= order; current -= 1) {
    const other = k.find_suitable_fallback(zone, current, start_migratetype, false);
    if (other < 0) continue;
    if (k.should_try_claim_block(current, start_migratetype) || current === order) {
      return fallBackTo(k, zone, current, order, start_migratetype, other);
    }
    break;
  }
  for (let current = order; current <= MAX_PAGE_ORDER; current += 1) {
    const other = k.find_suitable_fallback(zone, current, start_migratetype, false);
    if (other >= 0) return fallBackTo(k, zone, current, order, start_migratetype, other);
  }
  return NO_BLOCK;
}

/**
 * A block of the order for the type, from its own lists or those of others. `mode` is where the
 * last one came from, of the caller that takes several under one lock.
 * @kernel mm/page_alloc.c v7.3 reduced: no CMA, no highatomic reserve, no ALLOC_NOFRAGMENT
 */
export function __rmqueue(
  k: Kernel, zone: Zone, order: number, migratetype: number, mode: RmqueueMode,
): number {
  if (mode.mode === 'normal') {
    const slot = k.__rmqueue_smallest(zone, order, migratetype);
    if (slot !== NO_BLOCK) return slot;
    if (k.config.fallback === 'can_steal') return k.__rmqueue_fallback(zone, order, migratetype);
  }
  if (mode.mode !== 'steal') {
    const claimed = k.__rmqueue_claim(zone, order, migratetype);
    if (claimed !== NO_BLOCK) {
      mode.mode = 'normal';
      return claimed;
    }
  }
  const stolen = k.__rmqueue_steal(zone, order, migratetype);
  if (stolen !== NO_BLOCK) mode.mode = 'steal';
  return stolen;
}
