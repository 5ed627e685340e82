/** mm/hugetlb.c: huge pages that are larger than what the buddy allocator has. */
import type { GiganticFolio } from '../../include/hugetlb.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY, ENOMEM } from '../../include/errno.js';

/** The first of them that has a page of the range. */
function within(k: Kernel, start: number, end: number): GiganticFolio | undefined {
  return k.state.gigantic.find(({ pfn, nr_pages }) => pfn < end && start < pfn + nr_pages);
}

/**
 * The range becomes one huge page, in use or free in its pool: all of it was free.
 * @param boot it is of memblock, which knows no zones
 * @returns 0; -ENOMEM: its zone is none that they come from; -EBUSY
 * @kernel mm/hugetlb.c v7.3 custom: alloc_gigantic_folio() with its place given
 */
export function alloc_gigantic_folio(
  k: Kernel, pfn: number, nr_pages: number, used: boolean, boot = false,
): number {
  const zone = k.page_zone(pfn);
  if (zone === undefined || within(k, pfn, pfn + nr_pages) !== undefined) return -EBUSY;
  if (!boot && zone.name === 'Movable' && !k.hugepage_movable_supported(true)) return -ENOMEM;
  const { pages } = k.state;
  if (pages === undefined) {
    if (zone.nr_free_pages < nr_pages) return -EBUSY;
    zone.nr_free_pages -= nr_pages;
  } else if (!pages.takeHuge(zone, pfn, pfn + nr_pages)) {
    return -EBUSY;
  }
  k.state.gigantic.push({ pfn, nr_pages, nid: zone.nid, used });
  k.state.gigantic.sort((a, b) => a.pfn - b.pfn);
  return 0;
}

/** It is free memory again. @kernel mm/hugetlb.c v7.3 custom: free_gigantic_folio() */
export function free_gigantic_folio(k: Kernel, folio: GiganticFolio): void {
  k.state.gigantic.splice(k.state.gigantic.indexOf(folio), 1);
  const zone = k.page_zone(folio.pfn);
  const end = folio.pfn + folio.nr_pages;
  const { pages } = k.state;
  if (pages === undefined) {
    if (zone !== undefined) zone.nr_free_pages += folio.nr_pages;
    return;
  }
  for (let pfn = folio.pfn; pfn < end;) {
    const order = pages.allocatedOrder(pfn);
    k.free_pages_prepare(pfn, order);
    k.free_one_page(pfn, order);
    pfn += 2 ** order;
  }
}

/**
 * Free ones that have a page of the range become free memory, as a whole.
 * @returns 0; -EBUSY: one is in use (from v4.19; before it is passed over)
 * @kernel mm/hugetlb.c v7.3 custom: dissolve_free_hugetlb_folios() for pages above a block
 */
export function dissolve_gigantic_folios(k: Kernel, start: number, end: number): number {
  for (let folio = within(k, start, end); folio !== undefined; folio = within(k, start, end)) {
    if (folio.used) return k.config.hugetlb_in_use_is_busy ? -EBUSY : 0;
    k.free_gigantic_folio(folio);
  }
  return 0;
}

/**
 * What is used in the range moves to a free one elsewhere, on another node where there is one. A
 * fresh one is not looked for.
 * @returns 0, or -ENOMEM: there is none
 * @kernel mm/hugetlb.c v7.3 custom: alloc_hugetlb_folio_nodemask() and the move
 */
export function* migrate_gigantic_folio(k: Kernel, start: number, end: number): Preempt<number> {
  const folio = k.state.gigantic.find(({ pfn, nr_pages, used }) =>
    used && pfn < end && start < pfn + nr_pages);
  if (folio === undefined) return 0;
  yield 'migrate_pages';
  const free = k.state.gigantic.filter(({ pfn, nr_pages, used }) =>
    !used && nr_pages === folio.nr_pages && (pfn >= end || pfn + nr_pages <= start));
  const target = free.find(({ nid }) => nid !== folio.nid) ?? free[0];
  if (target === undefined) return -ENOMEM;
  target.used = true;
  folio.used = false;
  return 0;
}
