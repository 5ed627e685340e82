/** include/linux/page_ref.h: references to pages that a driver withholds. */
import type { Kernel } from '../base/kernel.js';
import { addRange, cutRange, pagesIn } from '../base/page_ranges.js';

/**
 * How many withheld pages of the range the driver holds on to.
 * @kernel include/linux/page_ref.h v6.12 custom: counts PageOffline() pages with a reference
 */
export function nr_referenced_pages(k: Kernel, start_pfn: number, nr_pages: number): number {
  return pagesIn(k.state.withheld, start_pfn, nr_pages) -
    pagesIn(k.state.withheld_unreferenced, start_pfn, nr_pages);
}

/** @kernel include/linux/page_ref.h v6.12 custom: page_ref_dec_and_test() for withheld pages */
export function put_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  addRange(k.state.withheld_unreferenced, start_pfn, nr_pages);
}

/** @kernel include/linux/page_ref.h v6.12 custom: page_ref_inc() for withheld pages */
export function get_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  cutRange(k.state.withheld_unreferenced, start_pfn, nr_pages);
}
