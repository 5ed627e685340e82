import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'node_count/persistent',
  subject: '[PATCH] mm/hugetlb: fix set_max_huge_pages() when there are surplus pages',
  author: 'Jinjiang Tu, 2025-04-07',
  link: 'https://lore.kernel.org/r/20250407124706.2688092-1-tujinjiang@huawei.com',
  base: 'v6.14',
  doc: 'A smaller pool keeps what is in use without what of it is surplus.',
  config: { hugetlb_free_counted: 'persistent' },
});
