import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'offline_node/local_node',
  subject: '[PATCH v3] mm: fix panic in __alloc_pages',
  author: 'Alexey Makhalov, 2021-11-08',
  link: '',
  base: 'v5.17',
  doc: 'A request for a node that is not online goes to the nearest that is. Raised by Michal ' +
    'Hocko: each caller would need it; nodes are to be ready before they are used.',
  wraps: {
    prepare_alloc_pages: (next) => (k, gfp, order, nid) =>
      next(k, gfp, order, k.node_state(nid, 'online') ? nid : k.numa_node_id()),
  },
});
