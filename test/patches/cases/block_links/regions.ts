import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'block_links/regions',
  subject: '[PATCH v2 1/2] driver/base: Optimize memory block registration to reduce boot time',
  author: 'Donet Tom, 2025-04-28',
  link: 'https://lore.kernel.org/r/' +
    'fbe1e0c7d91bf3fa9a64ff5d84b53ded1d0d5ac7.1745852397.git.donettom@linux.ibm.com',
  base: 'v6.12',
  doc: 'A node\'s blocks are those that its regions of memblock touch; no struct page is read.',
  replaces: {
    register_memory_blocks_under_node(k, nid, _start, _end, context) {
      const size = k.machine.pages_per_block;
      for (const { start_pfn, end_pfn } of k.for_each_mem_pfn_range(nid)) {
        const first = Math.floor(start_pfn / size) * size;
        k.walk_memory_blocks(first, Math.ceil((end_pfn - first) / size) * size, (block) => {
          k.do_register_memory_block_under_node(nid, block, context);
          return false;
        });
      }
    },
  },
  claims: [{ text: 'A block has links with nodes that have memory of it.', holds: 'N11' }],
});
