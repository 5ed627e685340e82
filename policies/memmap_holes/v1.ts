import { definePatch } from 'mmreplay';

/** Each zone initialises its memory and the holes of its span. */
export default definePatch({
  id: 'memmap_holes/v1',
  subject: '[PATCH] mm: refactor initialization of stuct page for holes in memory layout',
  author: 'Mike Rapoport, 2020-12-01',
  link: 'https://lore.kernel.org/r/20201201181502.2340-1-rppt@kernel.org',
  base: 'v5.10',
  doc: 'Initialisation of holes is interleaved with that of memory, zone by zone, inside the ' +
    'span of the zone. Raised by Andrea Arcangeli: a page that memblock reserved outside of all ' +
    'zones, as page 0 of x86, is never initialised, and with DEBUG_VM the boot ends where it is ' +
    'marked reserved. The pages behind the last memory are not initialised either.',
  replaces: {
    init_unavailable_mem() {},
    memmap_init: (k) => k.memmap_init_by_zone(),
    memmap_init_zone(k, zone) {
      const end = k.zone_end_pfn(zone);
      const intoZone = (pfn: number) => Math.min(Math.max(pfn, zone.zone_start_pfn), end);
      let hole = zone.zone_start_pfn;
      let pages = 0;
      for (const range of k.for_each_mem_pfn_range(zone.nid)) {
        const [from, to] = [intoZone(range.start_pfn), intoZone(range.end_pfn)];
        if (from < to) k.memmap_init_range(from, to - from, zone.nid, zone.index, 'early');
        if (hole < from) pages += k.init_hole_pages(hole, from, zone.index, zone.nid);
        hole = to;
      }
      if (hole < end) pages += k.init_hole_pages(hole, end, zone.index, zone.nid);
      if (pages > 0) {
        k.pr_info(`${zone.name}: Zeroed struct page in unavailable ranges: ${pages}`);
      }
    },
  },
  claims: [
    { text: 'A page that a zone spans is linked to it.', holds: 'I7' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
