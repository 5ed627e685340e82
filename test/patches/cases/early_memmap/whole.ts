import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'early_memmap/whole',
  subject: '[PATCH] mm/spase: never partially remove memmap for early section',
  author: 'Wei Yang, 2020-06-23',
  link: 'https://lore.kernel.org/r/20200623094258.6705-1-richard.weiyang@linux.alibaba.com',
  base: 'v5.8',
  doc: 'The memmap of a section of boot memory is left alone until its last page goes.',
  around: {
    section_deactivate: {
      depopulate_section_memmap(next, k, { args: [pfn] }) {
        if (!k.state.sections.early(Math.floor(pfn / 32768))) next();
      },
    },
  },
  claims: [{ text: 'The memmap of boot memory is never removed in part.', holds: 'I14' }],
});
