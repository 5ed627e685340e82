import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'removable/always',
  subject: '[PATCH v2] drivers/base/memory.c: indicate all memory blocks as removable',
  author: 'David Hildenbrand, 2020-01-24',
  link: '',
  base: 'v5.5',
  doc: 'The file says whether the kernel can take memory out, not whether this block can go.',
  replaces: { removable_show: () => '1' },
});
