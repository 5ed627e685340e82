import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'mirror/node_1',
  subject: 'half of: mm: disable kernelcore=mirror when no mirror memory',
  author: 'of a test',
  link: '',
  base: 'v6.4',
  doc: 'Node 0 has no movable memory, node 1 has.',
  wraps: {
    find_unmirrored_pfns: (next) => (k) => {
      next(k);
      k.state.boot.zone_movable_pfn.delete(0);
    },
  },
});
