import { definePatch } from 'mmreplay';

/** Zone and node shrink when memory is removed, by every section that has a memmap. */
export default definePatch({
  id: 'try_offline_node/span_shrink_at_removal',
  subject: 'memory_hotplug: clear zone when removing the memory',
  author: 'Yasuaki Ishimatsu, 2013-02-22',
  link: 'https://git.kernel.org/linus/815121d2b5cd',
  released: 'v3.9 - v5.3.12',
  base: 'v5.3',
  doc: 'Offline memory stays in its zone until it is removed. The zone is what the first page ' +
    'of the range says, and the search for the new end believes every page it reads. Raised: ' +
    'memory that was never onlined has a memmap of garbage, poison with DEBUG_VM.',
  replaces: {
    remove_pfn_range_from_zone() {},
    __remove_pages: (k, start_pfn, nr_pages) => k.__remove_pages_and_zone(start_pfn, nr_pages),
    __remove_zone(k, zone, start_pfn, nr_pages) {
      k.shrink_zone_span_and_rescan(zone, start_pfn, start_pfn + nr_pages);
      k.shrink_pgdat_span(k.NODE_DATA(zone.nid), start_pfn, start_pfn + nr_pages);
    },
    span_accepts: (k, pfn) => k.pfn_valid(pfn),
  },
});
