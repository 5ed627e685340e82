import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'spanned_links/own_pages',
  subject: "[PATCH v3 2/3] mm: don't rely on system state to detect hot-plug operations",
  author: 'Laurent Dufour, 2020-09-15',
  link: '',
  base: 'v5.8',
  doc: 'At boot a block is linked with a node that has some of its memory, not with each in ' +
    'whose span it lies.',
  wraps: {
    register_mem_block_under_node_early: (next) => (k, block, nid) => {
      const end_pfn = block.start_pfn + block.nr_pages;
      const isOwn = k.for_each_mem_pfn_range(undefined).some((range) =>
        range.nid === nid && range.start_pfn < end_pfn && range.end_pfn > block.start_pfn);
      if (isOwn) next(k, block, nid);
    },
  },
});
