import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'high_pfn/cut',
  subject: '[PATCH] mm/memory_hotplug: use "unsigned long" for PFN in zone_for_pfn_range()',
  author: 'David Hildenbrand, 2021-07-12',
  link: '',
  base: 'v6.1',
  doc: 'Taken back: the first pfn has 32 bits.',
  wraps: {
    zone_for_pfn_range: (next) => (k, type, nid, group, start, nr) =>
      next(k, type, nid, group, start % 2 ** 32, nr),
  },
});
