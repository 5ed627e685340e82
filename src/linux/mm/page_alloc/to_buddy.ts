/** Steps of free_one_page(), for who knows the zone of the page already. */
import type { Kernel } from '../../base/kernel.js';
import { pageblock_order } from '../../include/mmzone.js';
import { FPI_NONE } from '../../include/page_alloc.js';
import type { Pages } from '../pages/pages.js';
import type { ZonePages } from '../pages/zone_pages.js';
import { __free_one_page } from './buddy.js';

/** A block that is being freed, by the type of its pageblock. */
export function toBuddy(
  k: Kernel, pages: Pages, zp: ZonePages, slot: number, order: number,
): void {
  zp.nr_in_flight -= 1 << order;
  if (k.direct.page_allocator && order <= pageblock_order) {
    __free_one_page(k, slot, zp.zone, order, pages.typeOf(slot), FPI_NONE);
  } else k.split_large_buddy(zp.zone, slot, order, FPI_NONE);
}

/** free_one_page() for who knows where the page is. */
export function freeOne(
  k: Kernel, pages: Pages, zp: ZonePages, slot: number, order: number,
): void {
  if (zp.trylock_free_pages.length > 0) {
    // An llist: who came last is first.
    for (const left of zp.trylock_free_pages.splice(0).reverse()) {
      toBuddy(k, pages, zp, left, pages.arena.order[left] as number);
    }
  }
  toBuddy(k, pages, zp, slot, order);
}
