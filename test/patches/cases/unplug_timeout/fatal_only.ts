import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'unplug_timeout/fatal_only',
  subject: '[PATCH v1 1/5] mm/memory_hotplug: check for fatal signals only in offline_pages()',
  author: 'David Hildenbrand, 2023-06-27',
  link: 'https://lore.kernel.org/r/20230627112220.229240-2-david@redhat.com',
  base: 'v6.1',
  doc: 'Only a signal that ends the task ends its offline. Raised: user space relies on any.',
  substitutes: { offline_pages: { signal_pending: 'fatal_signal_pending' } },
});
