import { PAGES_PER_SECTION, ZONE_DEVICE, definePatch } from 'mmreplay';

/** Zone and node shrink when memory goes offline, while its memmap can be believed. */
export default definePatch({
  id: 'try_offline_node/span_shrink_at_offline',
  subject: 'mm/memory_hotplug: shrink zones when offlining memory',
  author: 'David Hildenbrand, 2020-01-04',
  link: 'https://git.kernel.org/linus/feee6b298916',
  released: 'v5.5 -, v5.4.9',
  base: 'v5.4',
  doc: 'The spans shrink at offline and after an online that failed; removal does not look at ' +
    'them any more. The memmap of the range is poisoned again. Device memory is left alone, as ' +
    'before: its zone never shrinks.',
  replaces: {
    remove_pfn_range_from_zone(k, zone, start_pfn, nr_pages) {
      k.page_init_poison(start_pfn, nr_pages);
      if (zone.index === ZONE_DEVICE) return;
      k.clear_zone_contiguous(zone);
      k.shrink_zone_span(zone, start_pfn, start_pfn + nr_pages);
      k.update_pgdat_span(k.NODE_DATA(zone.nid));
      k.set_zone_contiguous(zone);
    },
    __remove_pages(k, start_pfn, nr_pages) {
      const end = start_pfn + nr_pages;
      for (let pfn = start_pfn; pfn < end;) {
        const pages = Math.min(PAGES_PER_SECTION - pfn % PAGES_PER_SECTION, end - pfn);
        k.sparse_remove_section(pfn, pages);
        pfn += pages;
      }
    },
    span_accepts: (k, pfn) => k.pfn_to_online_page(pfn),
  },
});
