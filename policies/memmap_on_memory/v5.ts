import { EINVAL, asIn, definePatch, type Kernel } from 'mmreplay';

/** First page behind the memmap when `pfn` is the first one of a block, else `pfn`. */
function usable(k: Kernel, pfn: number): number {
  const block = k.state.memory_blocks.get(Math.floor(pfn / k.machine.pages_per_block));
  return block?.start_pfn === pfn ? pfn + block.nr_vmemmap_pages : pfn;
}

/** online_pages() and offline_pages() are told how many pages of their range hold memmap. */
export default definePatch({
  id: 'memmap_on_memory/v5',
  subject: '[PATCH v5 1/5] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Oscar Salvador, 2021-03-19',
  link: 'https://lore.kernel.org/r/20210319092635.6214-2-osalvador@suse.de',
  base: 'v6.1',
  doc: 'One call handles the whole block: notifiers are told of all of it, present pages change ' +
    'in one step, all under mem_hotplug_lock; only what is behind the memmap is isolated and ' +
    'handed over. Raised by Michal Hocko: what onlines pages should deal with usable memory ' +
    'only, and not know where some memmap lies.',
  config: {
    ...asIn('v6.1', 'memmap_on_memory', 'hotplug_lock', 'prepare_online'),
    ...asIn('v6.11', 'offline_managed'),
  },
  replaces: {
    * memory_block_online(k, block, online_type) {
      const { start_pfn, nr_pages, nid, group } = block;
      const zone = k.zone_for_pfn_range(online_type, nid, group, start_pfn, nr_pages);
      const error = yield* k.online_pages(start_pfn, nr_pages, zone, group);
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
  substitutes: {
    online_pages: {
      move_pfn_range_to_zone(k, zone, pfn, nr_pages, altmap, type) {
        const first = usable(k, pfn);
        if (first > pfn) k.move_pfn_range_to_zone(zone, pfn, first - pfn, altmap, 'Unmovable');
        k.move_pfn_range_to_zone(zone, first, pfn + nr_pages - first, altmap, type);
      },
      count_isolated: (k, zone, pfn, nr_pages) =>
        k.count_isolated(zone, pfn, nr_pages - (usable(k, pfn) - pfn)),
      online_pages_range(k, pfn, nr_pages) {
        const first = usable(k, pfn);
        k.online_pages_range(first, pfn + nr_pages - first);
        if (first > pfn) k.online_mem_sections(pfn, pfn + nr_pages);
      },
      undo_isolate_page_range: (k, pfn, end, type) =>
        k.undo_isolate_page_range(usable(k, pfn), end, type),
    },
    offline_pages: {
      start_isolate_page_range: (k, pfn, end, type) =>
        k.start_isolate_page_range(usable(k, pfn), end, type),
      undo_isolate_page_range: (k, pfn, end, type) =>
        k.undo_isolate_page_range(usable(k, pfn), end, type),
      scan_movable_pages: (k, pfn, end) => k.scan_movable_pages(usable(k, pfn), end),
      test_pages_isolated: (k, pfn, end) => k.test_pages_isolated(usable(k, pfn), end),
      count_isolated: (k, zone, pfn, nr_pages) =>
        k.count_isolated(zone, pfn, nr_pages + (usable(k, pfn) - pfn)),
      __offline_isolated_pages(k, pfn, end) {
        const managed = k.__offline_isolated_pages(usable(k, pfn), end);
        k.offline_mem_sections(pfn, end);
        return managed;
      },
    },
  },
  claims: [
    { text: 'Spans and present pages change under mem_hotplug_lock.', holds: 'M14' },
    { text: 'The present pages of a zone are those of its online blocks.', holds: 'M2' },
    { text: 'A block that failed to change is as it was.', holds: 'M8' },
  ],
});
