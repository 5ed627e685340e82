/** mm/page_alloc.c: pages become managed, or free after having been reserved. */
import type { Kernel } from '../../base/kernel.js';
import type { Zone } from '../../include/mmzone.js';
import { FPI_TO_TAIL } from '../../include/page_alloc.js';
import { cutFromOne, pagesIn } from '../../base/page_ranges.js';

/** A page that was reserved is free now.
 * @kernel mm/page_alloc.c v6.12 custom: the part of free_reserved_page() that frees, at once */
export function __free_reserved_page(k: Kernel, pfn: number): void {
  const zone = k.page_zone(pfn);
  if (zone === undefined) return;
  const { pages } = k.state;
  if (pages === undefined) zone.nr_free_pages += 1;
  else k.__free_one_page(
    pages.takeIn(pfn, 0), zone, 0, k.get_pageblock_migratetype(pfn), FPI_TO_TAIL);
}

/** @kernel mm/page_alloc.c v7.3 full: totalram is the sum of the zones */
export function adjust_managed_page_count(k: Kernel, zone: Zone, count: number): void {
  zone.managed_pages += count;
  if (k.config.managed_updates_reserve) k.setup_per_zone_lowmem_reserve();
}

/**
 * A page that the kernel or a driver held goes to the buddy allocator, managed from now on.
 * @kernel mm/page_alloc.c v7.3 reduced: at zone level
 */
export function free_reserved_page(k: Kernel, pfn: number): void {
  const zone = k.page_zone(pfn);
  if (zone === undefined) return;
  if (pagesIn(k.state.withheld, pfn, 1) === 1) cutFromOne(k.state.withheld, pfn, 1);
  k.adjust_managed_page_count(zone, 1);
  k.__free_reserved_page(pfn);
}
