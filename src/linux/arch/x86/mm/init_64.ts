/** arch/x86/mm/init_64.c: memory blocks, memmap and ranges of x86-64. */
import type { Kernel } from '../../../base/kernel.js';
import { ENOMEM } from '../../../include/errno.js';
import { ZONE_NORMAL, type MemmapPages, type VmemAltmap } from '../../../include/mmzone.js';
import { PAGE_SIZE } from '../../../../base/pfn.js';

/** Order of the huge pages that a memmap is made of: 2 MiB. */
const HUGE_ORDER = 9;

/**
 * Free pages are not known: it fits unless all pages that GFP_KERNEL can get, free or not, are
 * fewer than all memmaps of hot-added sections together.
 */
function takeUncounted(k: Kernel, start_pfn: number, pages: number): number {
  const { memmap_uncounted, nodes } = k.state;
  const most = nodes.flatMap((pgdat) => pgdat?.node_zones ?? [])
    .filter(({ index }) => index <= ZONE_NORMAL)
    .reduce((sum, { managed_pages }) => sum + managed_pages, 0);
  if (memmap_uncounted.sum + pages > most) return -ENOMEM;
  const section = Math.floor(start_pfn / k.machine.pages_per_section);
  memmap_uncounted.set(section, (memmap_uncounted.get(section) ?? 0) + pages);
  return 0;
}

/**
 * The section's memmap: out of its own block, or from memory that is free, in huge pages and
 * then in single ones.
 * @returns 0 or -ENOMEM
 * @kernel arch/x86/mm/init_64.c v7.3 reduced: no page tables; memory is found as long as all
 *   memmaps fit into what the page allocator has, unless nothing can be reclaimed
 */
export function vmemmap_populate(
  k: Kernel, start_pfn: number, nr_pages: number, nid: number, altmap?: VmemAltmap,
): number {
  const section = Math.floor(start_pfn / k.machine.pages_per_section);
  if (altmap !== undefined) {
    k.state.memmap_own.add(section);
    return 0;
  }
  const { page_size, struct_page } = k.memmap_geometry();
  const pages = Math.ceil((nr_pages * struct_page) / page_size);
  k.state.costs.memmap_pages += pages;
  if (k.state.pages !== undefined) return 0;
  if (!k.state.nothing_to_reclaim) return takeUncounted(k, start_pfn, pages);
  const taken: MemmapPages[] = [];
  const small = k.vmemmap_alloc_block(pages, HUGE_ORDER, nid, taken);
  const missing = k.vmemmap_alloc_block(small, 0, nid, taken);
  k.state.memmap_pages.set(section, taken);
  if (missing === 0) return 0;
  k.vmemmap_free(start_pfn, nr_pages);
  return -ENOMEM;
}

/**
 * What the section's memmap had taken is free again, or the altmap's. Pages of an altmap that
 * nobody hands in are freed as if the page allocator had given them. Of a huge page that maps more
 * than this the part is overwritten.
 * @kernel arch/x86/mm/init_64.c v7.3 reduced: no page tables
 */
export function vmemmap_free(
  k: Kernel, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): void {
  const section = Math.floor(start_pfn / k.machine.pages_per_section);
  const inPart = k.state.sections.early(section) && nr_pages < k.machine.pages_per_section;
  if (inPart) k.state.memmap_torn.add(section);
  k.state.memmap.set(start_pfn, start_pfn + nr_pages, inPart ? { kind: 'poison' } : undefined);
  if (inPart) return;
  for (const { zone, pages } of k.state.memmap_pages.get(section) ?? []) {
    k.free_zone_pages(zone, pages);
  }
  if (k.state.memmap_own.delete(section) && altmap === undefined) {
    k.state.memmap_misfreed.add(section);
  }
  k.state.memmap_pages.delete(section);
  k.state.memmap_uncounted.delete(section);
}

/** @kernel arch/x86/mm/init_64.c v7.3 reduced: no page tables */
export function arch_add_memory(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): number {
  const error = k.__add_pages(nid, start_pfn, nr_pages, altmap);
  k.state.boot.max_pfn = Math.max(k.state.boot.max_pfn, start_pfn + nr_pages);
  return error;
}

/** @kernel arch/x86/mm/init_64.c v7.3 reduced: no page tables */
export function arch_remove_memory(
  k: Kernel, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): void {
  k.__remove_pages(start_pfn, nr_pages, altmap);
}

/** Machines from here on, in bytes, have blocks of more than 128 MiB. */
const MEM_SIZE_FOR_LARGE_BLOCK = 64 * 2 ** 30;
const MIN_MEMORY_BLOCK_SIZE = 128 * 2 ** 20;
const MAX_BLOCK_SIZE = 2 * 2 ** 30;

/** Bytes in a memory block; who asks first finds it out.
 * @kernel arch/x86/mm/init_64.c v7.3 full */
export function memory_block_size_bytes(k: Kernel): number {
  k.state.boot.memory_block_size ??= k.probe_memory_block_size();
  return k.state.boot.memory_block_size;
}

/**
 * Bytes in a memory block, and the line that tells them.
 * @kernel arch/x86/mm/init_64.c v7.3 reduced: whether a large machine is virtual is concluded from
 *   the size of blocks that the machine is given, and which size windows of CXL allow, so that the
 *   size agrees by construction on bare metal and with such windows
 */
export function probe_memory_block_size(k: Kernel): number {
  const end = k.state.boot.max_pfn * PAGE_SIZE;
  const sized = k.machine.pages_per_block * PAGE_SIZE;
  let size = MIN_MEMORY_BLOCK_SIZE;
  if (end >= MEM_SIZE_FOR_LARGE_BLOCK) {
    size = k.config.block_size_advised ? Math.min(sized, MAX_BLOCK_SIZE) : MAX_BLOCK_SIZE;
    const virtual = sized !== MAX_BLOCK_SIZE;
    while (virtual && size > MIN_MEMORY_BLOCK_SIZE && end % size !== 0) size /= 2;
  }
  k.pr_info(`x86/mm: Memory block size: ${size / 2 ** 20}MB`);
  return size;
}
