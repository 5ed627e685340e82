import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'pool_limit/kept',
  subject: '[PATCH] mm/hugetlb: max_huge_pages does not count surplus pages that are dissolved',
  author: 'of a test, 2026-05',
  link: '',
  base: 'v7.1',
  doc: 'What was asked for stays as it is when a surplus page is dissolved.',
  wraps: {
    dissolve_free_hugetlb_folio: (next) => function* (k, pfn) {
      const h = k.state.hugetlb;
      const nid = k.folio_test_hugetlb(pfn)?.nid ?? -1;
      const surplus = (h.surplus_huge_pages_node[nid] ?? 0) > 0;
      const before = h.max_huge_pages;
      const ret = yield* next(k, pfn);
      if (surplus) h.max_huge_pages = before;
      return ret;
    },
  },
});
