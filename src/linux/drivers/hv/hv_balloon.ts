/** drivers/hv/hv_balloon.c: pages that the host backs go online, the others are withheld. */
import type { Kernel } from '../../base/kernel.js';
import { pagesIn } from '../../base/page_ranges.js';
import { PAGES_PER_SECTION } from '../../include/mmzone.js';

/** The hot-add region that a page is in: sections of which the host backs something. */
function inRegion(k: Kernel, pfn: number): boolean {
  const start = Math.floor(pfn / PAGES_PER_SECTION) * PAGES_PER_SECTION;
  return pagesIn(k.state.backed, start, PAGES_PER_SECTION) > 0;
}

/**
 * Pages that the host backs are onlined one by one, the others are withheld.
 * @kernel drivers/hv/hv_balloon.c v7.3 reduced: `state.backed` is the covered part of all regions
 */
export function hv_bring_pgs_online(k: Kernel, start_pfn: number, nr_pages: number): void {
  for (let page = start_pfn; page < start_pfn + nr_pages; page += 1) {
    if (pagesIn(k.state.backed, page, 1) === 1) k.generic_online_page(page, 0);
    else k.withhold_pages(page, 1);
  }
}

/**
 * Pages of the driver's own regions go online as far as the host backs them. Those of others go
 * online as without the driver; to v6.13 nobody has them then.
 * @kernel drivers/hv/hv_balloon.c v7.3 reduced: a region is the sections that are backed in part
 */
export function hv_online_page(k: Kernel, pfn: number, order: number): void {
  if (inRegion(k, pfn)) {
    k.hv_bring_pgs_online(pfn, 2 ** order);
    return;
  }
  if (k.config.hv_onlines_foreign) k.generic_online_page(pfn, order);
  else k.withhold_pages(pfn, 2 ** order);
}
