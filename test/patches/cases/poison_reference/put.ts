import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'poison_reference/put',
  subject: '[PATCH] drivers/base/memory: fix memory block reference leak in poison accounting',
  author: 'Muchun Song, 2026-04-28',
  link: '',
  base: 'v7.0',
  doc: 'The reference of the block is given back.',
  around: {
    memblk_nr_poison_inc: {
      find_memory_block(next, k) {
        const block = next();
        if (block !== undefined) k.put_device(block);
        return block;
      },
    },
    memblk_nr_poison_sub: {
      find_memory_block(next, k) {
        const block = next();
        if (block !== undefined) k.put_device(block);
        return block;
      },
    },
  },
});
