import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'surplus_nodes/each_node',
  subject: '[PATCH v3] hugetlb: force allocating surplus hugepages on mempolicy allowed nodes',
  author: 'Aristeu Rozanski, 2024-07-01',
  link: '',
  base: 'v6.10',
  doc: 'Surplus pages are asked for node by node, so that a policy of memory can leave some out; ' +
    'without one the lowest node has them, not that of the task.',
  around: {
    gather_surplus_pages: {
      * alloc_surplus_hugetlb_folio(next, k, { args: [, nodes, cpu] }) {
        for (const nid of [...k.state.node_states.memory].sort((a, b) => a - b)) {
          const folio = yield* next(nid, nodes, cpu);
          if (folio !== undefined) return folio;
        }
        return undefined;
      },
    },
  },
});
