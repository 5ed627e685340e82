import { PAGES_PER_SECTION, pageblock_nr_pages } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { selfHosted } from '../memmap_blocks.js';

export default onState(
  'M9',
  'own memmap not aligned',
  'The memmap in a block ends at a pageblock, the block at a section, and something is left.',
  function* (k) {
    for (const { id, start_pfn, nr_pages, nr_vmemmap_pages } of selfHosted(k)) {
      const behind = start_pfn + nr_vmemmap_pages;
      if (behind % pageblock_nr_pages !== 0 || nr_vmemmap_pages >= nr_pages) {
        yield `memory${id} has ${nr_vmemmap_pages} pages of memmap in ${nr_pages}`;
      }
      if ((start_pfn + nr_pages) % PAGES_PER_SECTION !== 0) {
        yield `memory${id} does not end with a section`;
      }
    }
  },
);
