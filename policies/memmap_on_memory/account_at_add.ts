import { EINVAL, ZONE_NORMAL, asIn, definePatch, type Kernel } from 'mmreplay';

/** The memmap of each block counts as present in its kernel zone, or (-1) no longer. */
function account_range(k: Kernel, pfn: number, nr_pages: number, sign: 1 | -1): void {
  k.walk_memory_blocks(pfn, nr_pages, ({ start_pfn, nr_vmemmap_pages, group }) => {
    const zone = nr_vmemmap_pages > 0 ? k.page_zone(start_pfn) : undefined;
    if (zone === undefined) return false;
    k.adjust_present_page_count(zone, group, sign * nr_vmemmap_pages, start_pfn);
    return false;
  });
}

/** The memmap is memory of the kernel zone from the add to the removal of its block. */
export default definePatch({
  id: 'memmap_on_memory/account_at_add',
  subject: 'Re: [PATCH v5 1/5] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Michal Hocko, 2021-03-24',
  link: 'https://lore.kernel.org/r/YFtPxH0CT5QZsnR1@dhcp22.suse.cz',
  base: 'v6.1',
  doc: 'What onlines and offlines pages never hears of the memmap: it is reserved at the add. ' +
    'As posted, a sketch: the whole range joins the zone before it is mapped, nothing is ' +
    'counted as present, and managed pages are taken off that were never added; mended here. ' +
    'Raised by David Hildenbrand: the zone is not known at the add; a search for the new end of ' +
    'a zone passes over the memmap of offline blocks, which then lies outside of its zone; ' +
    'zones interleave, are not contiguous and never empty.',
  config: asIn('v6.1', 'memmap_on_memory', 'hotplug_lock', 'prepare_online'),
  replaces: {
    * memory_block_online(k, block, online_type) {
      const first = block.start_pfn + block.nr_vmemmap_pages;
      const nr_pages = block.nr_pages - block.nr_vmemmap_pages;
      const zone = k.zone_for_pfn_range(online_type, block.nid, block.group, first, nr_pages);
      const error = yield* k.online_pages(first, nr_pages, zone, block.group);
      if (error === 0) block.zone = zone;
      return error;
    },
    * memory_block_offline(k, block) {
      const { start_pfn, nr_pages, nr_vmemmap_pages: memmap, group } = block;
      const first = start_pfn + memmap;
      const zone = k.config.memory_block_zone ? block.zone : k.page_zone(first);
      if (zone === undefined) return -EINVAL;
      const error = yield* k.offline_pages(first, nr_pages - memmap, zone, group);
      if (error === 0) block.zone = undefined;
      return error;
    },
  },
  wraps: {
    arch_add_memory: (next) => (k, nid, start_pfn, nr_pages, altmap) => {
      const error = next(k, nid, start_pfn, nr_pages, altmap);
      const zone = k.NODE_DATA(nid).node_zones[ZONE_NORMAL];
      if (error !== 0 || altmap === undefined || zone === undefined) return error;
      k.move_pfn_range_to_zone(zone, altmap.base_pfn, altmap.free, undefined, 'Unmovable');
      return 0;
    },
    create_memory_block_devices: (next) => (k, start_pfn, nr_pages, memmap, group) => {
      const error = next(k, start_pfn, nr_pages, memmap, group);
      if (error === 0) account_range(k, start_pfn, nr_pages, 1);
      return error;
    },
    remove_memory_block_devices: (next) => (k, start_pfn, nr_pages) => {
      account_range(k, start_pfn, nr_pages, -1);
      next(k, start_pfn, nr_pages);
    },
    arch_remove_memory: (next) => (k, start_pfn, nr_pages, altmap) => {
      const zone = altmap === undefined ? undefined : k.page_zone(altmap.base_pfn);
      if (zone !== undefined) k.remove_pfn_range_from_zone(zone, start_pfn, altmap?.free ?? 0);
      next(k, start_pfn, nr_pages, altmap);
    },
  },
  claims: [
    { text: 'The present pages of a zone link to it.', holds: 'I9' },
    { text: 'The present pages of a zone are within its span.', holds: 'Z7' },
  ],
});
