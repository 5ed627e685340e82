import { definePatch, EINVAL } from 'mmreplay';

export default definePatch({
  id: 'one_block/one',
  subject: '[PATCH v2 27/29] mm/memory_hotplug: extend offline_and_remove_memory() to handle ' +
    'more than one memory block',
  author: 'David Hildenbrand, 2020-11-12',
  link: 'https://lore.kernel.org/r/20201112133815.13332-28-david@redhat.com',
  base: 'v5.11',
  doc: 'Taken back: more than one block is refused.',
  wraps: {
    offline_and_remove_memory: (next) => function* (k, start, nr) {
      if (nr !== k.machine.pages_per_block) return -EINVAL;
      return yield* next(k, start, nr);
    },
  },
});
