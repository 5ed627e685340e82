/** mm/sparse-vmemmap.c: where the struct pages of hot-added memory are. */
import type { Kernel } from '../base/kernel.js';
import type { MemmapPages, VmemAltmap, Zone } from '../include/mmzone.js';

/** Notes 2^order pages of the zone, next to what it gave before. */
function note(taken: MemmapPages[], zone: Zone, pages: number): void {
  const last = taken.at(-1);
  if (last?.zone === zone) taken[taken.length - 1] = { zone, pages: last.pages + pages };
  else taken.push({ zone, pages });
}

/**
 * Takes `pages` free pages of node `nid` or its fallbacks, in units of 2^order.
 * @returns how many are still missing
 * @kernel mm/sparse-vmemmap.c v6.12 reduced: the caller's loop is in it
 */
export function vmemmap_alloc_block(
  k: Kernel, pages: number, order: number, nid: number, taken: MemmapPages[],
): number {
  let missing = pages;
  for (; missing >= 2 ** order; missing -= 2 ** order) {
    const zone = k.alloc_pages('GFP_KERNEL+__GFP_RETRY_MAYFAIL+__GFP_NOWARN', order, nid);
    if (zone === undefined) break;
    note(taken, zone, 2 ** order);
  }
  return missing;
}

/**
 * Pages that the struct pages of a range take.
 * @kernel mm/sparse-vmemmap.c v7.3 reduced: no memmap of device memory that shares its tail pages
 */
export function section_nr_vmemmap_pages(k: Kernel, _start_pfn: number, nr_pages: number): number {
  const { page_size, struct_page } = k.memmap_geometry();
  return Math.ceil((nr_pages * struct_page) / page_size);
}

/**
 * A range, within one section, gets its memmap; from v7.2 on it is counted whatever comes of it.
 * @returns 0 or -ENOMEM
 * @kernel mm/sparse-vmemmap.c v7.3 full; in mm/sparse.c before
 */
export function populate_section_memmap(
  k: Kernel, start_pfn: number, nr_pages: number, nid: number, altmap?: VmemAltmap,
): number {
  const pages = k.section_nr_vmemmap_pages(start_pfn, nr_pages);
  const error = k.vmemmap_populate(start_pfn, nr_pages, nid, altmap);
  if (error === 0) k.state.memmap_counted.there.set(start_pfn, pages);
  if (k.config.memmap_counted === 'populated') k.memmap_pages_add(pages);
  return error;
}

/** @kernel mm/sparse-vmemmap.c v7.3 full; in mm/sparse.c before */
export function depopulate_section_memmap(
  k: Kernel, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): void {
  if (k.config.memmap_counted === 'populated') {
    k.memmap_pages_add(-k.section_nr_vmemmap_pages(start_pfn, nr_pages));
  }
  k.state.memmap_counted.there.delete(start_pfn);
  k.vmemmap_free(start_pfn, nr_pages, altmap);
}
