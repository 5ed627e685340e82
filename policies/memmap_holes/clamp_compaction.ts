import { definePatch, pageblock_nr_pages, roundDown } from 'mmreplay';

/** Compaction looks at pageblocks of its own zone only. */
export default definePatch({
  id: 'memmap_holes/clamp_compaction',
  subject: '[PATCH] mm, compaction: make fast_isolate_freepages() stay within zone',
  author: 'Vlastimil Babka, 2021-02-17',
  link: 'https://lore.kernel.org/r/20210217173300.6394-1-vbabka@suse.cz',
  released: 'v5.12 -, v5.10.20',
  base: 'v5.10',
  doc: 'Merged as 6e2b7044c199: the pageblock that is searched is cut to the zone, and left ' +
    'alone when its first or last page is of another one. No links change, but none that are ' +
    'wrong can lead compaction to the check any more.',
  replaces: {
    fast_isolate_freepages(k, zone, pfn) {
      const block = roundDown(pfn, pageblock_nr_pages);
      const highest = Math.max(block, zone.zone_start_pfn);
      if (highest > 0) k.fast_isolate_around(zone, highest);
    },
    fast_isolate_around(k, zone, pfn) {
      const block = roundDown(pfn, pageblock_nr_pages);
      const start_pfn = Math.max(block, zone.zone_start_pfn);
      const end_pfn = Math.min(block + pageblock_nr_pages, k.zone_end_pfn(zone));
      if (k.pageblock_pfn_to_page(start_pfn, end_pfn, zone)) k.set_pageblock_skip(start_pfn);
    },
  },
  claims: [{ text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' }],
});
