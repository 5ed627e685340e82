import { PAGES_PER_SECTION, definePatch } from 'mmreplay';

/** The first pages of each section of a block count as online when the block holds its memmap. */
export default definePatch({
  id: 'memmap_on_memory/account_at_add_section',
  subject: 'Re: [PATCH v5 1/5] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Michal Hocko, 2021-03-25, first answer to the objections',
  link: 'https://lore.kernel.org/r/YFy1J+mCyGmnwuHJ@dhcp22.suse.cz',
  base: 'v6.1',
  requires: ['memmap_on_memory/account_at_add'],
  doc: 'On top of account_at_add: in a section that is offline, pfn_to_online_page() takes as ' +
    'many pages for memmap as its block has, counted from the start of the section. As posted ' +
    'one more, as > stands where >= is meant. Raised by its author half an hour later: the ' +
    'memmap is at the start of the block, so the other sections of a larger one begin with ' +
    'pages that nobody initialised.',
  wraps: {
    pfn_to_online_page: (next) => (k, pfn) => {
      if (next(k, pfn)) return true;
      const block = k.pfn_valid(pfn) ? k.find_memory_block(pfn) : undefined;
      if (block !== undefined) k.put_device(block);
      if (block === undefined || block.nr_vmemmap_pages === 0) return false;
      // As posted: page number nr_vmemmap_pages is behind the memmap.
      return !(pfn % PAGES_PER_SECTION > block.nr_vmemmap_pages);
    },
  },
  claims: [{ text: 'The present pages of a zone are within its span.', holds: 'Z7' }],
});
