import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'unplug_ranges/one_by_one',
  subject: '[PATCH v6 08/10] dax/kmem: extract hotplug/hotremove helper functions',
  author: 'Gregory Price, 2026-06-30',
  link: 'https://lore.kernel.org/r/20260630211842.2252800-9-gourry@gourry.net',
  base: 'v7.3',
  doc: 'Taken back: each range of a device is unplugged by itself, up to the first that stays.',
  wraps: {
    offline_and_remove_memory_ranges: (next) => function* (k, ranges) {
      for (const range of ranges) {
        const error = yield* next(k, [range]);
        if (error !== 0) return error;
      }
      return 0;
    },
  },
});
