import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'contig_replaced/after',
  subject: '[PATCH V4] replace free hugepage folios after migration',
  author: 'Ge Yang, 2025-01-10',
  link: '',
  base: 'v6.13',
  doc: 'Huge pages that came back to the pool while others moved are replaced as well.',
  wraps: {
    __alloc_contig_migrate_range: (next) => function* (k, start, end) {
      const ret = yield* next(k, start, end);
      return ret === 0 ? yield* k.isolate_or_dissolve_huge_pages(start, end) : ret;
    },
  },
});
