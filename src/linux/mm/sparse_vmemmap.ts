/** mm/sparse-vmemmap.c: where the struct pages of hot-added memory are. */
import type { Kernel } from '../base/kernel.js';
import { ENOMEM } from '../include/errno.js';
import type { MemmapPages, VmemAltmap, Zone } from '../include/mmzone.js';

const HUGE_ORDER = 9;

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
 * Does a memmap take pages that are free in the model, so that there can be too few? Not by
 * default: how many are free at boot the model does not work out.
 * @kernel mm/sparse-vmemmap.c v6.12 custom: the kernel always takes them
 */
export function memmap_takes_free_pages(_k: Kernel): boolean {
  return false;
}

/**
 * The section's memmap: out of its own block, or from memory that is free, in huge pages and
 * then in single ones.
 * @returns 0 or -ENOMEM
 * @kernel arch/x86/mm/init_64.c v6.12 reduced: no page tables; memory is always found unless
 *   memmap_takes_free_pages() says otherwise
 */
export function vmemmap_populate(
  k: Kernel, start_pfn: number, nr_pages: number, nid: number, altmap?: VmemAltmap,
): number {
  if (altmap !== undefined) return 0;
  const { page_size, struct_page } = k.memmap_geometry();
  const pages = Math.ceil((nr_pages * struct_page) / page_size);
  k.state.costs.memmap_pages += pages;
  if (k.state.pages !== undefined || !k.memmap_takes_free_pages()) return 0;
  const taken: MemmapPages[] = [];
  const small = k.vmemmap_alloc_block(pages, HUGE_ORDER, nid, taken);
  const missing = k.vmemmap_alloc_block(small, 0, nid, taken);
  k.state.memmap_pages.set(Math.floor(start_pfn / k.machine.pages_per_section), taken);
  if (missing === 0) return 0;
  k.vmemmap_free(start_pfn, nr_pages);
  return -ENOMEM;
}

/** What the section's memmap had taken is free again.
 * @kernel arch/x86/mm/init_64.c v6.12 reduced: no page tables */
export function vmemmap_free(k: Kernel, start_pfn: number, _nr_pages: number): void {
  const section = Math.floor(start_pfn / k.machine.pages_per_section);
  for (const { zone, pages } of k.state.memmap_pages.get(section) ?? []) {
    k.free_zone_pages(zone, pages);
  }
  k.state.memmap_pages.delete(section);
}
