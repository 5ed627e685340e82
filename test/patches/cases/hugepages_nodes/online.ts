import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'hugepages_nodes/online',
  subject: '[PATCH v4 1/4] hugetlb: Fix wrong use of nr_online_nodes',
  author: 'Peng Liu, 2022-04-16',
  link: '',
  base: 'v5.17',
  doc: 'A node of hugepages= is one that is online, whatever its number.',
  config: asIn('v5.19', 'hugepages_by_node'),
});
