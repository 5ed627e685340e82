import { definePatch } from 'mmreplay';

/** In a section that is offline, the block says which of its first pages hold memmap. */
export default definePatch({
  id: 'memmap_on_memory/account_at_add_block',
  subject: 'Re: [PATCH v5 1/5] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Michal Hocko, 2021-03-25, second answer to the objections',
  link: 'https://lore.kernel.org/r/YFy+olsdS4iwrovN@dhcp22.suse.cz',
  base: 'v6.1',
  requires: ['memmap_on_memory/account_at_add'],
  doc: 'On top of account_at_add: pfn_to_online_page() looks up the memory block, which is right ' +
    'for blocks of several sections and keeps zones from shrinking over memmap. As posted it ' +
    'compares with > where >= is meant, so that one page that nobody initialised counts as ' +
    'online, and keeps its reference to the block. Raised: pages of offline blocks are handed ' +
    'to readers of /dev/mem, hibernation and crash dumps have to save them, zones interleave.',
  wraps: {
    pfn_to_online_page: (next) => (k, pfn) => {
      if (next(k, pfn)) return true;
      const block = k.pfn_valid(pfn) ? k.find_memory_block(pfn) : undefined;
      if (block === undefined || block.nr_vmemmap_pages === 0) return false;
      // As posted: page number nr_vmemmap_pages is behind the memmap.
      return !(pfn - block.start_pfn > block.nr_vmemmap_pages);
    },
  },
  claims: [
    { text: 'The present pages of a zone are within its span.', holds: 'Z7' },
    { text: 'The zone of a page spans it.', holds: 'I2' },
  ],
});
