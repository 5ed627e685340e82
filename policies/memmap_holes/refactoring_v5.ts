import { definePatch, PAGES_PER_SECTION } from 'mmreplay';

/** Nodes span whole sections; each zone initialises the holes of its span. */
export default definePatch({
  id: 'memmap_holes/refactoring_v5',
  subject: '[PATCH v5 1/1] mm: refactor initialization of struct page for holes in memory ' +
    'layout',
  author: 'Mike Rapoport, 2021-02-08',
  link: 'https://lore.kernel.org/r/20210208110820.6269-1-rppt@kernel.org',
  base: 'v5.10',
  doc: 'The span of a node is rounded to sections, zones start at page 0, and each zone ' +
    'initialises memory and holes of its span. Raised by David Hildenbrand: where a node ends ' +
    'inside a section, spans of two nodes overlap. There the later node makes holes of the ' +
    'memory of the earlier one. Raised by Michal Hocko: too much for one check. The highest zone ' +
    'still ends with memory, so that the rest of the last section is not initialised.',
  wraps: {
    get_pfn_range_for_nid: (next) => (k, nid) => {
      const [start, end] = next(k, nid);
      const section = PAGES_PER_SECTION;
      return [Math.floor(start / section) * section, Math.ceil(end / section) * section];
    },
  },
  substitutes: { set_zone_limits: { memblock_start_of_DRAM: () => 0 } },
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
      if (pages > 0) k.pr_info(`  ${zone.name} zone: ${pages} pages in unavailable ranges`);
    },
  },
  claims: [
    { text: 'Struct pages without memory have the links of a zone that spans them.', holds: 'I2' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
