import { definePatch, pfnDown, pfnUp } from 'mmreplay';

/** On top of v1: spans of nodes and zones cover what memblock reserved. */
export default definePatch({
  id: 'memmap_holes/extend_spans',
  subject: '[PATCH 1/1] mm: initialize struct pages in reserved regions outside of the zone ' +
    'ranges',
  author: 'Andrea Arcangeli, 2020-12-04',
  link: 'https://lore.kernel.org/r/20201205013238.21663-2-aarcange@redhat.com',
  base: 'v5.10',
  requires: ['memmap_holes/v1'],
  doc: 'On top of v1: no exception for page 0, as zones start with the ' +
    'first reserved page. Raised by David Hildenbrand and Mike Rapoport: spans, which user space ' +
    'sees, change; a range that firmware reserved far from memory would extend a zone; reserved ' +
    'memory is initialised twice (not done here).',
  wraps: {
    get_pfn_range_for_nid: (next) => (k, nid) => {
      const [start, end] = next(k, nid);
      if (start === end) return [start, end];
      const { reserved, numa_meminfo } = k.state.boot;
      // Whole pages that are reserved, in the ranges that firmware gives to the node.
      const own = numa_meminfo.filter((block) => block.nid === nid).flatMap((block) =>
        reserved.map((range) => ({
          start_pfn: pfnUp(Math.max(range.start, block.start)),
          end_pfn: pfnDown(Math.min(range.end, block.end)),
        }))).filter((range) => range.start_pfn < range.end_pfn);
      return [
        Math.min(start, ...own.map((range) => range.start_pfn)),
        Math.max(end, ...own.map((range) => range.end_pfn)),
      ];
    },
    memblock_start_of_DRAM: (next) => (k) =>
      Math.min(next(k), ...k.state.boot.reserved.map((range) => pfnDown(range.start))),
  },
  claims: [
    { text: 'A page that a zone spans is linked to it.', holds: 'I7' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
