import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'boot_blocks/first_present',
  subject: '[PATCH v2] drivers/base/memory: Improve add_boot_memory_block()',
  author: 'Gavin Shan, 2025-03-11',
  link: 'https://lore.kernel.org/r/20250311233045.148943-1-gshan@redhat.com',
  base: 'v6.14',
  doc: 'The first present section of a block is looked for; in a block of a hole that goes far.',
  replaces: {
    add_boot_memory_block(k, nr) {
      const per_block = k.machine.pages_per_block / k.machine.pages_per_section;
      const found = k.next_present_section_nr(nr - 1);
      if (found < 0 || found >= nr + per_block) return;
      k.add_memory_block(nr / per_block, 'online', 0, undefined, -1);
    },
  },
});
