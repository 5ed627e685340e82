import { PAGES_PER_SECTION, definePatch } from 'mmreplay';

/** Pages that hold the memmap of one section. */
const MEMMAP_OF_SECTION = PAGES_PER_SECTION / 64;

/** The first pages of a section count as online when its block holds its memmap. */
export default definePatch({
  id: 'memmap_on_memory/account_at_add_section',
  subject: 'Re: [PATCH v5 1/5] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Michal Hocko, 2021-03-25, first answer to the objections',
  link: 'https://lore.kernel.org/r/YFy1J+mCyGmnwuHJ@dhcp22.suse.cz',
  base: 'v6.1',
  requires: ['memmap_on_memory/account_at_add'],
  doc: 'On top of account_at_add: pfn_to_online_page() finds the memmap at the start of a ' +
    'section that is offline. Raised: a block of several sections has all of its memmap in the ' +
    'first ones, so the start of the others is no memmap, and the rest of the memmap is missed.',
  wraps: {
    pfn_to_online_page: (next) => (k, pfn) => {
      if (next(k, pfn)) return true;
      if (!k.pfn_valid(pfn) || pfn % PAGES_PER_SECTION >= MEMMAP_OF_SECTION) return false;
      const block = k.find_memory_block(pfn);
      return block !== undefined && block.nr_vmemmap_pages > 0;
    },
  },
  claims: [{ text: 'The present pages of a zone are within its span.', holds: 'Z7' }],
});
