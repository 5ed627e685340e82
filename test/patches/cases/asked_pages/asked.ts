import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'asked_pages/asked',
  subject: '[PATCH] mm/hugetlb: keep max_huge_pages when dissolving surplus folios',
  author: 'A Developer, 2026-06-01',
  link: '',
  base: 'v7.1',
  doc: 'A surplus page is no part of what was asked for, so that what was asked for stays.',
  wraps: {
    dissolve_free_hugetlb_folio: (next) => function* (k, pfn) {
      const h = k.state.hugetlb;
      const before = { surplus: h.surplus_huge_pages, asked: h.max_huge_pages };
      const error = yield* next(k, pfn);
      if (h.surplus_huge_pages < before.surplus) h.max_huge_pages = before.asked;
      return error;
    },
  },
});
