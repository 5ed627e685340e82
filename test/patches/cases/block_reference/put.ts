import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'block_reference/put',
  subject: '[PATCH v2 1/2] mm/memory_hotplug: fix memory block reference leak on remove',
  author: 'Muchun Song, 2026-04-28',
  link: 'https://lore.kernel.org/r/20260428085219.1316047-2-songmuchun@bytedance.com',
  base: 'v7.0',
  doc: 'The reference that find_memory_block() took is given back.',
  around: {
    remove_memory_blocks_and_altmaps: {
      find_memory_block(next, k) {
        const block = next();
        if (block !== undefined) k.put_device(block);
        return block;
      },
    },
  },
});
