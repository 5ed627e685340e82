import { definePatch, pageblock_nr_pages, roundDown } from 'mmreplay';

/** Compaction does not start at a pageblock whose first page is reserved. */
export default definePatch({
  id: 'memmap_holes/reserved_only',
  subject: '[PATCH 1/1] mm: compaction: avoid fast_isolate_around() to set pageblock_skip on ' +
    'reserved pages',
  author: 'Andrea Arcangeli, 2020-11-21',
  link: 'https://lore.kernel.org/r/20201121194506.13464-2-aarcange@redhat.com',
  base: 'v5.10',
  doc: 'The links stay wrong, the walker that fell over them asks for PG_reserved instead. The ' +
    'mail tests the page it falls back to when the free lists gave nothing; here the test is ' +
    'made for the page that the modelled route takes. Raised by Vlastimil Babka: it works around ' +
    'wrong data in one of many walkers.',
  replaces: {
    fast_isolate_freepages(k, zone, pfn) {
      const highest = roundDown(pfn, pageblock_nr_pages);
      const content = k.state.memmap.get(highest);
      if (content?.kind === 'init' && content.reserved) return;
      if (highest > 0) k.fast_isolate_around(zone, highest);
    },
  },
  claims: [{ text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' }],
});
