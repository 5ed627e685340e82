import { definePatch, type Kernel } from 'mmreplay';

/** Sections with memmap of [start_pfn, start_pfn + nr_pages) are online although they are not. */
function mark(k: Kernel, start_pfn: number, nr_pages: number): void {
  if (nr_pages > 0) k.online_mem_sections(start_pfn, start_pfn + nr_pages);
}

/** The section that begins with memmap is online from the add on. */
export default definePatch({
  id: 'memmap_on_memory/account_at_add_online',
  subject: 'Re: [PATCH v5 1/5] mm,memory_hotplug: Allocate memmap from the added memory range',
  author: 'Michal Hocko, 2021-03-25, a third way out',
  link: 'https://lore.kernel.org/r/YFy1J+mCyGmnwuHJ@dhcp22.suse.cz',
  base: 'v6.1',
  requires: ['memmap_on_memory/account_at_add'],
  doc: 'On top of account_at_add: marks the section of the memmap online at the add, and again ' +
    'when its block goes offline. Raised, by its author too: everybody takes an online section ' +
    'to be initialised as a whole; here most of it is not (I1). Pageblocks that went offline, or ' +
    'never came online, stay isolated and are counted no more, because nobody looks into an ' +
    'offline section; here somebody does (P5).',
  wraps: {
    arch_add_memory: (next) => (k, nid, start_pfn, nr_pages, altmap) => {
      const error = next(k, nid, start_pfn, nr_pages, altmap);
      if (error === 0) mark(k, start_pfn, altmap?.free ?? 0);
      return error;
    },
    memory_block_offline: (next) => function* (k, block) {
      const error = yield* next(k, block);
      if (error === 0) mark(k, block.start_pfn, block.nr_vmemmap_pages);
      return error;
    },
  },
  claims: [{ text: 'The present pages of a zone are within its span.', holds: 'Z7' }],
});
