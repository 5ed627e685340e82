import { definePatch } from 'mmreplay';

/** The bits of a pageblock are written whatever zone its page names. */
export default definePatch({
  id: 'memmap_holes/drop_vm_bug_on',
  subject: 'Re: [PATCH v5 1/1] mm: refactor initialization of struct page for holes in memory ' +
    'layout',
  author: 'Michal Hocko, 2021-02-12',
  link: 'https://lore.kernel.org/r/YCZZeAAC8VOCPhpU@dhcp22.suse.cz',
  base: 'v5.10',
  doc: 'Proposed as the simple way out: drop the check, or let it pass over reserved pages. ' +
    'Raised by Vlastimil Babka: a write outside of the bitmap of a zone could follow. With ' +
    'sections, as on all of x86-64, the bitmap is the section\'s and the write is in bounds. ' +
    'Raised by David Hildenbrand: the check came for another inconsistency.',
  substitutes: { set_pfnblock_flags_mask: { VM_BUG_ON_PAGE() {} } },
  claims: [{ text: 'Wrong links do no harm.', holds: 'I8' }],
});
