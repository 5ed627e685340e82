import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'pool_shrinks/persistent',
  subject: '[PATCH v2] mm/hugetlb: fix set_max_huge_pages() when there are surplus pages',
  author: 'Jinjiang Tu, 2025-04',
  link: '',
  base: 'v6.14',
  doc: 'Surplus pages are not taken off twice, nor counted as pages that must stay.',
  config: asIn('v6.16', 'hugetlb_free_counted'),
});
