import { ZONE_DEVICE, definePatch } from 'mmreplay';

/** Zone and node shrink when memory is removed, by the sections that are online. */
export default definePatch({
  id: 'try_offline_node/span_shrink_online_sections',
  subject: '[PATCH v1] mm/memory_hotplug: Fix updating the node span',
  author: 'David Hildenbrand, 2019-10-27',
  link: 'https://lore.kernel.org/r/20191027222714.5313-1-david@redhat.com',
  released: 'v5.3.14, v5.4 - v5.4.8',
  base: 'v5.3.14',
  doc: 'Still at removal, but only pages of online sections are believed, and a node spans what ' +
    'its zones span. A zone without an online section collapses at the first removal. Device ' +
    'memory has no online sections: its zone, and with it its node, never shrinks.',
  replaces: {
    remove_pfn_range_from_zone() {},
    __remove_pages: (k, start_pfn, nr_pages) => k.__remove_pages_and_zone(start_pfn, nr_pages),
    __remove_zone(k, zone, start_pfn, nr_pages) {
      if (zone.index === ZONE_DEVICE) return;
      k.clear_zone_contiguous(zone);
      k.shrink_zone_span_and_rescan(zone, start_pfn, start_pfn + nr_pages);
      k.update_pgdat_span(k.NODE_DATA(zone.nid));
      k.set_zone_contiguous(zone);
    },
    span_accepts: (k, pfn) => k.pfn_to_online_page(pfn),
  },
});
