import { definePatch, PAGES_PER_SECTION, roundUp } from 'mmreplay';

/** One pass over memory by address; a hole gets the links of the zone behind it. */
export default definePatch({
  id: 'memmap_holes/merged',
  subject: '[PATCH] mm/page_alloc: fix memory map initialization for descending nodes',
  author: 'Mike Rapoport, 2021-06-24',
  link: 'https://lore.kernel.org/r/20210624062305.10940-1-rppt@kernel.org',
  released: 'v5.14 -, v5.13.2',
  base: 'v6.1',
  doc: 'What 0740a50b9baa became in 122e093c1734: nodes need not ascend with their numbers, ' +
    'each page is initialised once, and the hole behind the last memory goes to the last zone. A ' +
    'hole between two zones belongs to the upper one, which does not span it; nobody minds, as ' +
    'holes are reserved and compaction stays inside its zone.',
  replaces: {
    init_unavailable_mem() {},
    memmap_init(k) {
      let hole_pfn = 0;
      let zone_id = 0;
      let last = { end_pfn: 0, nid: 0 };
      for (const range of k.for_each_mem_pfn_range(undefined)) {
        last = range;
        for (const zone of k.NODE_DATA(range.nid).node_zones) {
          if (!k.populated_zone(zone)) continue;
          hole_pfn = k.memmap_init_zone_range(zone, range.start_pfn, range.end_pfn, hole_pfn);
          zone_id = zone.index;
        }
      }
      const end = roundUp(last.end_pfn, PAGES_PER_SECTION);
      if (hole_pfn < end) k.init_unavailable_range(hole_pfn, end, zone_id, last.nid);
    },
  },
  claims: [
    { text: 'Every struct page of an online section is initialised.', holds: 'I1' },
    { text: 'The zone of a page spans it, but for reserved holes at its ends.', holds: 'I2' },
    { text: 'Memory of one node is never initialised as a hole of another.', holds: 'I4' },
    { text: 'A struct page is initialised once.', holds: 'I6' },
  ],
});
