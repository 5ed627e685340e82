import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'node_count/persistent',
  subject: '[PATCH] mm/hugetlb: fix set_max_huge_pages() when there are surplus pages',
  author: 'Jinjiang Tu, 2025-04-07',
  link: 'https://lore.kernel.org/r/20250407124706.2688092-1-tujinjiang@huawei.com',
  base: 'v6.14',
  doc: 'The pages of the other nodes that are asked for are the persistent ones.',
  wraps: {
    set_max_huge_pages: (next) => function* (k, count, nid, nodes, cpu) {
      if (nid < 0) return yield* next(k, count, nid, nodes, cpu);
      const h = k.state.hugetlb;
      const other = h.surplus_huge_pages - (h.surplus_huge_pages_node[nid] ?? 0);
      return yield* next(k, count - other, nid, nodes, cpu);
    },
  },
});
