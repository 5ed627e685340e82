import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'late_huge_pages/waits',
  subject: '[PATCH V4] mm/hugetlb: wait for hugetlb folios to be freed',
  author: 'Ge Yang, 2025-02-19',
  link: 'https://lore.kernel.org/r/1739936804-18199-1-git-send-email-yangge1116@126.com',
  released: 'v6.14 -',
  base: 'v6.12',
  doc: 'Whoever tests that pages are free waits until the worker has freed huge pages.',
  wraps: {
    test_pages_isolated: (next) => (k, ...args) => {
      k.wait_for_freed_hugetlb_folios();
      return next(k, ...args);
    },
  },
});
