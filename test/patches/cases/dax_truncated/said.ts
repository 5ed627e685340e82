import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'dax_truncated/said',
  subject: '[PATCH] dax/kmem: say what alignment takes from a region',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.12',
  doc: 'Memory in no whole block is lost; the log says how much. v6.12 does not say so, v7.2 does.',
  wraps: {
    dev_dax_kmem_probe: (next) => function* (k, device) {
      const lost = device.ranges.reduce((sum, range) =>
        sum + range.nr_pages - (k.dax_kmem_range(range)?.nr_pages ?? 0), 0);
      if (lost > 0) k.pr_warn(`kmem ${device.name}: truncated by ${lost * 4} KiB`);
      return yield* next(k, device);
    },
  },
});
