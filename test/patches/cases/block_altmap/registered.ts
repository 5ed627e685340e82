import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'block_altmap/registered',
  subject: '[PATCH] drivers/base/memory: set mem->altmap after successful device registration',
  author: 'Georgi Djakov, 2026-05-14',
  link: 'https://lore.kernel.org/r/20260514092657.3057141-1-georgi.djakov@oss.qualcomm.com',
  released: 'v7.2 -',
  base: 'v7.0',
  doc: 'A block has its altmap when it is registered, so that one that failed has none to leave.',
  around: {
    add_memory_block: {
      __add_memory_block(next, _k, { args: [block], caller: [, , nr_vmemmap_pages] }) {
        block.nr_vmemmap_pages = 0;
        const error = next();
        if (error === 0) block.nr_vmemmap_pages = nr_vmemmap_pages;
        return error;
      },
    },
  },
});
