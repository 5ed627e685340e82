import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'dax_whole/by_range',
  subject: '[PATCH] Revert "dax/kmem: unplug a device as a whole"',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v7.3',
  doc: 'Range by range: those before one that stays are gone.',
  replaces: {
    dax_kmem_do_hotremove: function* (k, data) {
      for (const range of [...data.ranges]) {
        const error = yield* k.offline_and_remove_memory_ranges([range]);
        if (error !== 0) return error;
        data.ranges = data.ranges.filter((one) => one !== range);
      }
      return 0;
    },
  },
});
