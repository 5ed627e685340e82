import { definePatch, E2BIG } from 'mmreplay';

export default definePatch({
  id: 'pluggable_range/first',
  subject: '[PATCH V5 1/4] mm/memory_hotplug: Prevalidate the address range being added with ' +
    'platform',
  author: 'Anshuman Khandual, 2021-02-01',
  link: 'https://lore.kernel.org/r/1612149902-7867-2-git-send-email-anshuman.khandual@arm.com',
  base: 'v5.11',
  doc: 'Ranges that the platform cannot map are refused first.',
  wraps: {
    add_memory_resource: (next) => function* (k, nid, start, nr, ...rest) {
      if (start + nr > 2 ** (46 - 12)) {
        k.WARN('add_memory_resource', 'Hotplug memory exceeds maximum addressable range');
        return -E2BIG;
      }
      return yield* next(k, nid, start, nr, ...rest);
    },
  },
});
