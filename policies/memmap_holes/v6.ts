import { definePatch } from 'mmreplay';

/** Each hole gets the links of the zone whose memory comes after it, zones taken by number. */
export default definePatch({
  id: 'memmap_holes/v6',
  subject: '[PATCH v6 1/1] mm/page_alloc.c: refactor initialization of struct page for holes ' +
    'in memory layout',
  author: 'Mike Rapoport, 2021-02-22',
  link: 'https://lore.kernel.org/r/20210222105728.28636-1-rppt@kernel.org',
  base: 'v5.10',
  doc: 'Spans stay as they are; where the last hole began is kept from zone to zone, so that ' +
    'page 0 is initialised with the first memory. Raised by David Hildenbrand: what of the pages ' +
    'between the end of a zone and the end of its section?',
  adds: { state: () => ({ hole_pfn: 0 }) },
  replaces: {
    init_unavailable_mem() {},
    memmap_init: (k) => k.memmap_init_by_zone(),
    memmap_init_zone(k, zone) {
      const kept = k.state.added.get('memmap_holes/v6') as { hole_pfn: number };
      const zone_end = k.zone_end_pfn(zone);
      const intoZone = (pfn: number) => Math.min(Math.max(pfn, zone.zone_start_pfn), zone_end);
      let pages = 0;
      for (const range of k.for_each_mem_pfn_range(zone.nid)) {
        const [from, to] = [intoZone(range.start_pfn), intoZone(range.end_pfn)];
        if (from < to) k.memmap_init_range(from, to - from, zone.nid, zone.index, 'early');
        if (kept.hole_pfn < from) {
          pages += k.init_hole_pages(kept.hole_pfn, from, zone.index, zone.nid);
        }
        kept.hole_pfn = to;
      }
      const end = zone_end;
      if (kept.hole_pfn < end) {
        pages += k.init_hole_pages(kept.hole_pfn, end, zone.index, zone.nid);
      }
      if (pages > 0) k.pr_info(`  ${zone.name} zone: ${pages} pages in unavailable ranges`);
    },
  },
  claims: [
    { text: 'The zone of a page spans it, but for reserved holes at its ends.', holds: 'I2' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
