/**
 * Functions of the page allocator that every page goes through. Where nothing stands around their
 * calls, their callers do at once what they do, in the steps below, instead of through `k.`, which
 * costs a tenth of the time when hundreds of thousands of pages come and go. The kernel functions
 * are made of the same steps, and a test holds one way to the other.
 */
import { MAX_PAGE_ORDER, pageblock_order } from '../../include/mmzone.js';
import { NO_BLOCK } from '../../include/page_alloc.js';
import { FREE, type PageArena } from '../pages/arena.js';
import type { FreeLists } from '../pages/free_lists.js';
import type { Pages } from '../pages/pages.js';
import type { ZonePages } from '../pages/zone_pages.js';

/** Passed by where nothing stands around their calls. */
export const PASSED_BY = [
  '__free_one_page', '__rmqueue', '__rmqueue_smallest', 'buddy_merge_likely', 'expand',
  'free_one_page', 'page_del_and_expand', 'split_large_buddy',
] as const;

/** Who passes them by. */
export const PASSING_BY = [
  'free_frozen_pages_nolock', 'free_one_page', 'free_pcppages_bulk', 'rmqueue_bulk',
] as const;

/** The rest of a block that was taken goes on lists, in halves. Not counted. */
export function putHalves(
  lists: FreeLists, zp: ZonePages, slot: number, low: number, high: number, migratetype: number,
): void {
  for (let order = high - 1; order >= low; order -= 1) {
    lists.put(zp, slot + (1 << order), order, migratetype, false);
  }
}

/** As __rmqueue_smallest(). */
export function takeSmallest(
  { arena, lists }: Pages, zp: ZonePages, order: number, migratetype: number,
): number {
  for (let high = order; high <= MAX_PAGE_ORDER; high += 1) {
    const slot = lists.first(zp, high, migratetype);
    if (slot === NO_BLOCK) continue;
    lists.take(slot);
    putHalves(lists, zp, slot, order, high, migratetype);
    lists.account(zp, -(1 << order), migratetype);
    arena.order[slot] = order;
    return slot;
  }
  return NO_BLOCK;
}

/** As buddy_merge_likely(). */
export function mergesLater(
  { state, order: orders, zone }: PageArena, slot: number, order: number,
): boolean {
  if (order >= MAX_PAGE_ORDER - 1) return false;
  const higher = (slot & ~(1 << order)) ^ (1 << (order + 1));
  return state[higher] === FREE && orders[higher] === order + 1
    && zone[higher >>> pageblock_order] === zone[slot >>> pageblock_order];
}
