import { EINVAL, asIn, definePatch } from 'mmreplay';

/** The memmap joins the zone of its block when the block goes online, and leaves it with it. */
export default definePatch({
  id: 'memmap_on_memory/merged',
  subject: '[PATCH v10 4/8] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Oscar Salvador, 2021-04-21',
  link: 'https://lore.kernel.org/r/20210421102701.25051-5-osalvador@suse.de',
  released: 'v5.13 - v6.6',
  base: 'v6.1',
  doc: 'The first pages of a block hold its memmap. memory_block_online() gives them to the zone ' +
    'that the whole block goes to, onlines the rest, and counts them last; offlining counts them ' +
    'out first, so that a zone whose last block goes is seen to be empty. What onlines and ' +
    'offlines pages knows nothing of it. Raised later: spans and counters change outside of ' +
    'mem_hotplug_lock (001002e73712); a DIMM of several blocks is left out.',
  config: asIn('v6.1', 'memmap_on_memory', 'hotplug_lock', 'prepare_online'),
  replaces: {
    * memory_block_online(k, block, online_type) {
      const { start_pfn: start, nr_pages, nr_vmemmap_pages: memmap, nid, group } = block;
      const zone = k.zone_for_pfn_range(online_type, nid, group, start, nr_pages);
      if (memmap > 0) {
        const failed = k.mhp_init_memmap_on_memory(start, memmap, zone);
        if (failed !== 0) return failed;
        // No lock is held here: trace memmap_on_memory-T13-lock.
        yield 'online_pages';
      }
      const error = yield* k.online_pages(start + memmap, nr_pages - memmap, zone, group);
      if (error !== 0) {
        if (memmap > 0) k.mhp_deinit_memmap_on_memory(start, memmap);
        return error;
      }
      if (memmap > 0) k.adjust_present_page_count(zone, group, memmap, start);
      block.zone = zone;
      return 0;
    },
    * memory_block_offline(k, block) {
      const { start_pfn: start, nr_pages, nr_vmemmap_pages: memmap, group } = block;
      const zone = k.config.memory_block_zone ? block.zone : k.page_zone(start);
      if (zone === undefined) return -EINVAL;
      if (memmap > 0) k.adjust_present_page_count(zone, group, -memmap, start);
      const error = yield* k.offline_pages(start + memmap, nr_pages - memmap, zone, group);
      if (error !== 0) {
        if (memmap > 0) k.adjust_present_page_count(zone, group, memmap, start);
        return error;
      }
      if (memmap > 0) k.mhp_deinit_memmap_on_memory(start, memmap);
      block.zone = undefined;
      return 0;
    },
  },
  claims: [
    { text: 'The present pages of a zone are those of its online blocks.', holds: 'M2' },
    { text: 'Nothing of a block that is offline is online or spanned.', holds: 'M5' },
    { text: 'A block that failed to change is as it was.', holds: 'M8' },
  ],
});
