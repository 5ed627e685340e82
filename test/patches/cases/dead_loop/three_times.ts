import { definePatch, EBUSY } from 'mmreplay';

export default definePatch({
  id: 'dead_loop/three_times',
  subject: '[PATCH] mm/memory_hotplug: fix dead loop in offline_pages()',
  author: 'Yajun Deng, 2023-04-28',
  link: 'https://lore.kernel.org/r/20230428100846.95535-1-yajun.deng@linux.dev',
  base: 'v6.3',
  doc: 'The third scan that finds the same page ends offlining.',
  around: {
    offline_pages: {
      scan_movable_pages(next, _k, { args: [pfn], local }) {
        const found = next();
        if (found < 0) return found;
        local.count = found === pfn ? (local.count ?? 0) + 1 : 0;
        return local.count === 3 ? -EBUSY : found;
      },
    },
  },
  claims: [{ text: 'It ends.', holds: 'P8' }],
});
