import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'undone_altmap/own',
  subject: 'mm/memory_hotplug: fix incorrect altmap passing in error path',
  author: 'Muchun Song, 2026-04-28',
  link: 'https://lore.kernel.org/r/20260428081855.1249045-3-songmuchun@bytedance.com',
  base: 'v7.0',
  doc: 'What came from the altmap goes back to it.',
  around: {
    create_altmaps_and_memory_blocks: {
      arch_remove_memory(next, k, { args: [pfn, nr] }) {
        next(pfn, nr, { base_pfn: pfn, free: k.memory_block_memmap_on_memory_pages() });
      },
    },
  },
});
