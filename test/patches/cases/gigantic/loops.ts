import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'gigantic/loops',
  subject: '[RFC] mm/page_isolation: fix an infinite loop in isolate_single_pageblock()',
  author: 'Anshuman Khandual, 2022-05-24, what it mends',
  link: '',
  base: 'v5.19',
  doc: 'Of a folio that was moved the free block is looked for without an end, as in v5.19-rc1.',
  wraps: {
    isolate_single_pageblock: (next) => function* (k, boundary, ...rest) {
      const folio = k.page_folio(boundary - 1);
      const over = folio !== undefined && folio.pfn + folio.nr_pages > boundary;
      while (over && k.page_folio(boundary - 1) !== undefined) yield 'isolate_single_pageblock';
      return yield* next(k, boundary, ...rest);
    },
  },
});
