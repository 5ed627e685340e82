import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'surplus/leave',
  subject: '[PATCH] mm/hugetlb: fix surplus pages in dissolve_free_huge_page()',
  author: 'Jinjiang Tu, 2025-03-04',
  link: 'https://lore.kernel.org/r/20250304132106.2872754-1-tujinjiang@huawei.com',
  released: 'v6.14 -',
  base: 'v6.11.11',
  doc: 'A free page that goes while its node has surplus pages leaves that count as well.',
  wraps: {
    dissolve_free_hugetlb_folio: (next) => function* (k, pfn) {
      const h = k.state.hugetlb;
      const nid = k.folio_test_hugetlb(pfn)?.nid ?? -1;
      const [surplus, before] = [h.surplus_huge_pages_node[nid] ?? 0, h.nr_huge_pages];
      const error = yield* next(k, pfn);
      if (surplus > 0 && h.nr_huge_pages < before) {
        k.adjust_surplus_huge_pages(nid, -1);
        h.max_huge_pages += 1;
      }
      return error;
    },
  },
  claims: [{ text: 'Of the pages of a node no more are surplus than there are.', holds: 'H1' }],
});
