import { definePatch } from 'mmreplay';

/** Each hole up to the end of a zone gets the links of the zone whose memory comes after it. */
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
  replaces: {
    init_unavailable_mem() {},
    memmap_init: (k) => k.memmap_init_zones_and_holes(),
  },
  around: {
    memmap_init_zone_and_holes: {
      init_hole_pages: (next, k, { args: [start, end, ...of], caller: [zone] }) =>
        next(start, Math.min(end, k.zone_end_pfn(zone)), ...of),
    },
  },
  claims: [
    { text: 'The zone of a page spans it, but for reserved holes at its ends.', holds: 'I2' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
