import { definePatch, PAGES_PER_SECTION, roundDown, roundUp } from 'mmreplay';

/** As v1, in nodes that span whole sections and zones that begin at page 0. */
export default definePatch({
  id: 'memmap_holes/refactoring_v5',
  subject: '[PATCH v5 1/1] mm: refactor initialization of struct page for holes in memory ' +
    'layout',
  author: 'Mike Rapoport, 2021-02-08',
  link: 'https://lore.kernel.org/r/20210208110820.6269-1-rppt@kernel.org',
  base: 'v5.10',
  requires: ['memmap_holes/v1'],
  doc: 'The span of a node is rounded to sections, zones start at page 0, and each zone ' +
    'initialises memory and holes of its span. Raised by David Hildenbrand: where a node ends ' +
    'inside a section, spans of two nodes overlap. There the later node makes holes of the ' +
    'memory of the earlier one. Raised by Michal Hocko: too much for one check. The highest zone ' +
    'still ends with memory, so that the rest of the last section is not initialised.',
  wraps: {
    get_pfn_range_for_nid: (next) => (k, nid) => {
      const [start, end] = next(k, nid);
      return [roundDown(start, PAGES_PER_SECTION), roundUp(end, PAGES_PER_SECTION)];
    },
  },
  substitutes: { set_zone_limits: { memblock_start_of_DRAM: () => 0 } },
  around: {
    memmap_init_zone: {
      pr_info: (next, _k, { args: [line] }) =>
        next(line.replace(/^(\w+): .*: (\d+)$/, '  $1 zone: $2 pages in unavailable ranges')),
    },
  },
  claims: [
    { text: 'Struct pages without memory have the links of a zone that spans them.', holds: 'I2' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
