/** Free pages that enter and leave the buddy allocator as a whole range: mm/page_alloc.c. */
import type { Kernel } from '../../base/kernel.js';
import { PAGES_PER_SECTION } from '../../include/mmzone.js';
import { MIGRATE_ISOLATE } from '../../include/migratetype.js';
import { FPI_NONE, FPI_TO_TAIL } from '../../include/page_alloc.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/** The pages of the range are not reserved any more. */
function clearReserved(k: Kernel, start_pfn: number, end_pfn: number): void {
  for (const { start, end, content } of k.state.memmap.runs(start_pfn, end_pfn)) {
    if (content.kind === 'init' && content.reserved) {
      k.state.memmap.set(start, end, { ...content, reserved: false });
    }
  }
}

/**
 * A fresh chunk goes straight to the buddy allocator.
 * @kernel mm/page_alloc.c v6.12 reduced: the caller raises managed_pages
 */
export function __free_pages_core(k: Kernel, pfn: number, order: number): void {
  const nr_pages = 2 ** order;
  const zone = k.page_zone(pfn);
  if (zone === undefined) return;
  clearReserved(k, pfn, pfn + nr_pages);
  if (k.state.pages !== undefined) {
    k.state.pages.fresh?.(pfn, order);
    const fpi_flags = k.config.fresh_pages_to_tail ? FPI_TO_TAIL : FPI_NONE;
    k.split_large_buddy(zone, k.state.pages.takeIn(pfn, order), order, fpi_flags);
  }
  else if (k.get_pageblock_migratetype(pfn) === MIGRATE_ISOLATE) zone.nr_isolated_pages += nr_pages;
  else zone.nr_free_pages += nr_pages;
}

/**
 * All pages of the range leave the buddy allocator, up to v5.5 as reserved ones; returns how many
 * were managed.
 * @kernel mm/page_alloc.c v6.12 reduced: no HWPoison pages
 */
export function __offline_isolated_pages(k: Kernel, start_pfn: number, end_pfn: number): number {
  const nr_pages = end_pfn - start_pfn;
  const { sections, pages } = k.state;
  for (let pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_SECTION) {
    sections.set_online(pfn_to_section_nr(pfn), false);
  }
  const withheld = k.nr_withheld_pages(start_pfn, nr_pages);
  const zone = k.page_zone(start_pfn);
  const left = pages?.takeOffline(start_pfn, end_pfn, true,
    (pfn) => k.nr_withheld_pages(pfn, 1) === 1);
  if (left !== undefined && left < end_pfn) {
    k.BUG('__offline_isolated_pages', `page ${left} is not free`);
  }
  if (left === undefined && zone !== undefined) {
    const unnamed = pages?.forgetOffline(start_pfn, end_pfn) ?? nr_pages;
    const managed = Math.max(0, Math.min(unnamed, nr_pages) - withheld);
    const isolated = Math.min(managed, zone.nr_isolated_pages);
    zone.nr_isolated_pages -= isolated;
    pages?.leaveUnnamed(zone, managed - isolated);
  }
  k.accept_withheld_pages(start_pfn, nr_pages);
  if (!k.config.offline_poisons) k.memmap_set_reserved(start_pfn, end_pfn);
  return nr_pages - withheld;
}
