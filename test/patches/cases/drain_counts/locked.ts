import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'drain_counts/locked',
  subject: '[PATCH v3] mm/page_alloc: fix pcp->count race between drain_pages_zone() vs ' +
    '__rmqueue_pcplist()',
  author: 'Li Zhijian, 2024-07-23',
  link: '',
  base: 'v6.10',
  doc: 'What is on a list is read with its lock held.',
  config: asIn('v6.11', 'drain_counts'),
});
