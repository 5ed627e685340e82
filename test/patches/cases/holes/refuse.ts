import { EINVAL, definePatch } from 'mmreplay';

export default definePatch({
  id: 'holes/refuse',
  subject: '[PATCH v2] mm/memory_hotplug: Don\'t allow to online/offline memory blocks with holes',
  author: 'David Hildenbrand, 2019-11-19',
  link: 'https://lore.kernel.org/r/20191119115237.6662-1-david@redhat.com',
  released: 'v5.5 -',
  base: 'v5.4',
  doc: 'A block that is not System RAM from end to end does not go offline.',
  wraps: {
    offline_pages: (next) => function* (k, start, nr, zone, group) {
      if (k.walk_system_ram_range(start, nr) !== nr) return -EINVAL;
      return yield* next(k, start, nr, zone, group);
    },
  },
  claims: [{ text: 'Present pages of a zone are those that are there.', holds: 'I9' }],
});
