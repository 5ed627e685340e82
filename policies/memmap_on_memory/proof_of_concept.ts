import { EINVAL, asIn, definePatch } from 'mmreplay';

/** The block's own functions deal with the memmap: the idea of merged, not yet its order. */
export default definePatch({
  id: 'memmap_on_memory/proof_of_concept',
  subject: 'Re: [PATCH v5 1/5] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Oscar Salvador, 2021-03-25',
  link: 'https://lore.kernel.org/r/YF0JerCFXzcmMKzp@localhost.localdomain',
  base: 'v6.1',
  doc: 'Shows that memory_block_online() can initialise and count the memmap in the zone of its ' +
    'block. The whole block is counted and then the usable part again; the zone is chosen a ' +
    'second time; a failure cleans up nothing; offlining begins with the memmap, which no one ' +
    'can isolate. Where the memmap fills a section, which nobody marks online, isolation passes ' +
    'it over and the block goes offline: more pageblocks are uncounted than were isolated (P5). ' +
    'On kernels to v5.12 the range is refused, as it is no whole section. David Hildenbrand ' +
    'agreed with the place and asked for section bits of sections that are all memmap, for ' +
    'KASAN, page_ext and the lock.',
  config: asIn('v6.1', 'memmap_on_memory', 'hotplug_lock', 'prepare_online'),
  replaces: {
    * memory_block_online(k, block, online_type) {
      const { start_pfn, nr_pages, nr_vmemmap_pages: memmap, nid, group } = block;
      const whole = k.zone_for_pfn_range(online_type, nid, group, start_pfn, nr_pages);
      if (memmap > 0) {
        k.move_pfn_range_to_zone(whole, start_pfn, memmap, undefined, 'Unmovable');
        k.adjust_present_page_count(whole, group, nr_pages, start_pfn);
      }
      const first = start_pfn + memmap;
      const rest = nr_pages - memmap;
      const zone = k.zone_for_pfn_range(online_type, nid, group, first, rest);
      const error = yield* k.online_pages(first, rest, zone, group);
      if (error === 0) block.zone = zone;
      return error;
    },
    * memory_block_offline(k, block) {
      const { start_pfn, nr_pages, group } = block;
      const zone = k.config.memory_block_zone ? block.zone : k.page_zone(start_pfn);
      if (zone === undefined) return -EINVAL;
      const error = yield* k.offline_pages(start_pfn, nr_pages, zone, group);
      if (error === 0) block.zone = undefined;
      return error;
    },
  },
  claims: [{ text: 'The present pages of a zone are those of its online blocks.', holds: 'M2' }],
});
