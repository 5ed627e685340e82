import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'boot_blocks/one_walk',
  subject: '[PATCH] drivers/base/memory: Avoid overhead from for_each_present_section_nr()',
  author: 'Gavin Shan, 2025-04-04',
  link: 'https://lore.kernel.org/r/20250404052123.1143211-1-gshan@redhat.com',
  base: 'v6.14',
  doc: 'One walk over the sections that are there.',
  config: { boot_blocks_by: 'section' },
});
