/** mm/memory_hotplug.c: which memory can hold the memmap that describes it. */
import { roundUp, roundDown } from '../../../base/pfn.js';
import { switchParameter } from '../../../base/command_line.js';
import type { Kernel } from '../../base/kernel.js';
import { PAGES_PER_SECTION, type Zone } from '../../include/mmzone.js';

/** Bytes of the struct pages of one memory block. @kernel mm/memory_hotplug.c v7.3 full */
export function memory_block_memmap_size(k: Kernel): number {
  const { block_nr_pages, struct_page } = k.memmap_geometry();
  return block_nr_pages * struct_page;
}

/** Pages of a block that hold its memmap. @kernel mm/memory_hotplug.c v7.3 full */
export function memory_block_memmap_on_memory_pages(k: Kernel): number {
  const geometry = k.memmap_geometry();
  const pages = Math.ceil(k.memory_block_memmap_size() / geometry.page_size);
  const force = k.mhp_parameters().memmap_on_memory === 'force';
  return force ? roundUp(pages, geometry.pageblock_nr_pages) : pages;
}

/**
 * The parameter is read before zonelists are built. `force` says at once what it costs: pages of
 * the pageblocks of a memmap that the memmap does not need.
 * @kernel mm/memory_hotplug.c v7.3 reduced: what it says; mhp_parameters() has read it
 */
export function set_memmap_mode(k: Kernel): void {
  if (k.mhp_parameters().memmap_on_memory !== 'force') return;
  k.memory_block_size_bytes();
  const pages = Math.ceil(k.memory_block_memmap_size() / k.memmap_geometry().page_size);
  const waste = k.memory_block_memmap_on_memory_pages() - pages;
  k.pr_info(`Memory hotplug will waste ${waste} pages in each memory block`);
}

/** @kernel mm/memory_hotplug.c v7.3 full; the architecture has no rule of its own */
export function arch_supports_memmap_on_memory(k: Kernel, vmemmap_size: number): boolean {
  return vmemmap_size % k.memmap_geometry().pmd_size === 0;
}

/** The feature is compiled in, asked for and not in the way of another one. */
function enabled(k: Kernel): boolean {
  if (k.config.memmap_on_memory === 'none') return false;
  if (k.machine.kconfig['MHP_MEMMAP_ON_MEMORY'] === 'n') return false;
  if (k.mhp_parameters().memmap_on_memory === 'N') return false;
  return !k.config.hvo_excludes_altmap ||
    !switchParameter(k.machine.cmdline, 'hugetlb_free_vmemmap', false);
}

/**
 * Can a range of this size hold its own memmap?
 * @kernel mm/memory_hotplug.c v7.3 full; with the tests that v5.13 to v6.7 have
 */
export function mhp_supports_memmap_on_memory(k: Kernel, nr_pages: number): boolean {
  if (!enabled(k)) return false;
  const geometry = k.memmap_geometry();
  const { memmap_on_memory } = k.config;
  if (memmap_on_memory !== 'each_block' && nr_pages !== geometry.block_nr_pages) return false;
  const size = k.memory_block_memmap_size();
  if (size % geometry.page_size !== 0 && memmap_on_memory !== 'one_block') return false;
  const pages = k.memory_block_memmap_on_memory_pages();
  if (pages % geometry.pageblock_nr_pages !== 0 || pages === geometry.block_nr_pages) return false;
  return k.arch_supports_memmap_on_memory(size);
}

/**
 * The memmap that a block holds itself joins the zone; it never reaches the buddy allocator.
 * @kernel mm/memory_hotplug.c v6.12 reduced: no inaccessible memory
 */
export function mhp_init_memmap_on_memory(
  k: Kernel, pfn: number, nr_pages: number, zone: Zone,
): number {
  const error = k.kasan_add_zero_shadow(pfn, nr_pages);
  if (error !== 0) return error;
  k.move_pfn_range_to_zone(zone, pfn, nr_pages, undefined, 'Unmovable');
  // Whoever onlines the rest marks its sections, the memmap's last one among them.
  if (nr_pages >= PAGES_PER_SECTION) {
    k.online_mem_sections(pfn, roundDown(pfn + nr_pages, PAGES_PER_SECTION));
  }
  return 0;
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function mhp_deinit_memmap_on_memory(k: Kernel, pfn: number, nr_pages: number): void {
  if (nr_pages >= PAGES_PER_SECTION) {
    k.offline_mem_sections(pfn, roundDown(pfn + nr_pages, PAGES_PER_SECTION));
  }
  const zone = k.page_zone(pfn);
  if (zone !== undefined) k.remove_pfn_range_from_zone(zone, pfn, nr_pages);
  k.kasan_remove_zero_shadow(pfn, nr_pages);
}
