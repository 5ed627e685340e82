/** include/linux/page-flags.h: flags of pages. */
import { pages_per_huge_page, type Folio, type HugeFolio } from './hugetlb.js';
import type { Kernel } from '../base/kernel.js';
import { cutRange, pagesIn } from '../base/page_ranges.js';

/** PageHuge(): the huge page that has this page. @kernel include/linux/page-flags.h v6.12 full */
export function folio_test_hugetlb(k: Kernel, pfn: number): HugeFolio | undefined {
  return k.state.hugetlb.by_pfn.get(pfn - (pfn % pages_per_huge_page));
}

/**
 * What the page is a part of; undefined: nobody uses it, or nobody can name it.
 * @kernel include/linux/page-flags.h v7.3 full; compound_head() before v5.16
 */
export function page_folio(k: Kernel, pfn: number): Folio | undefined {
  const gigantic = k.state.gigantic.find((one) => pfn >= one.pfn && pfn < one.pfn + one.nr_pages);
  if (gigantic !== undefined) {
    return { pfn: gigantic.pfn, nr_pages: gigantic.nr_pages, hugetlb: true, lru: false };
  }
  const block = k.state.pages?.allocatedWith(pfn);
  if (block === undefined) return undefined;
  const hugetlb = k.folio_test_hugetlb(pfn) !== undefined;
  return { pfn: block.pfn, nr_pages: block.nr_pages, hugetlb, lru: block.movable && !hugetlb };
}

/**
 * The memmap of a range means nothing any more: poison with DEBUG_VM, else what it held.
 * @kernel include/linux/page-flags.h v7.3 reduced: no vm_debug= option
 */
export function page_init_poison(k: Kernel, start_pfn: number, nr_pages: number): void {
  const { memmap } = k.state;
  const end = start_pfn + nr_pages;
  if (k.machine.kconfig['DEBUG_VM'] === 'y') {
    memmap.set(start_pfn, end, { kind: 'poison' });
    return;
  }
  for (const run of memmap.runs(start_pfn, end)) {
    if (run.content.kind !== 'init') continue;
    const { nid, zone } = run.content;
    memmap.set(run.start, run.end, { kind: 'stale', nid, zone });
  }
}

/**
 * How many pages of the range a driver withholds.
 * @kernel include/linux/page-flags.h v6.12 custom: counts PageOffline() pages
 */
export function nr_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): number {
  return pagesIn(k.state.withheld, start_pfn, nr_pages);
}

/**
 * Whatever was withheld of the range is not any more.
 * @kernel include/linux/page-flags.h v6.12 custom: __ClearPageOffline() for a range
 */
export function accept_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  cutRange(k.state.withheld, start_pfn, nr_pages);
  cutRange(k.state.withheld_allocated, start_pfn, nr_pages);
  cutRange(k.state.withheld_unreferenced, start_pfn, nr_pages);
}
