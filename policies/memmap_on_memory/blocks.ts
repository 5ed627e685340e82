import { asIn, definePatch } from 'mmreplay';

/** The block keeps its altmap; what cannot hold its memmap gets an ordinary one. */
export default definePatch({
  id: 'memmap_on_memory/blocks',
  subject: 'mm/memory_hotplug: embed vmem_altmap details in memory block',
  author: 'Aneesh Kumar K.V, 2023-08-08',
  link: 'https://git.kernel.org/linus/1a8c64e11043',
  released: 'v6.6 - v6.7',
  base: 'v6.1',
  doc: 'The altmap stays with the block, so that removal can say what was not given back. Ranges ' +
    'that do not qualify are added without a word in the ordinary way (e3c2bfdd33a3) where they ' +
    'were refused before; architectures have their own rule (85a2b4b08f20); `force` rounds the ' +
    'memmap up to pageblocks and wastes the difference (2d1f649c7c08). On x86 the default rule ' +
    'still wants whole huge pages, so force changes nothing there. A DIMM of several blocks ' +
    'takes the ordinary way.',
  config: asIn('v6.6', 'memmap_on_memory', 'hotplug_lock', 'prepare_online', 'hvo_excludes_altmap'),
  replaces: {
    mhp_supports_memmap_on_memory(k, nr_pages) {
      if (k.mhp_parameters().memmap_on_memory === 'N') return false;
      const geometry = k.memmap_geometry();
      if (nr_pages !== geometry.block_nr_pages) return false;
      const size = k.memory_block_memmap_size();
      const pages = k.memory_block_memmap_on_memory_pages();
      if (size % geometry.page_size !== 0) return false;
      if (pages % geometry.pageblock_nr_pages !== 0) return false;
      return pages !== geometry.block_nr_pages && k.arch_supports_memmap_on_memory(size);
    },
  },
  claims: [
    { text: 'The memmap ends at a pageblock, and so does what is left.', holds: 'M9' },
    { text: 'The present pages of a zone are those of its online blocks.', holds: 'M2' },
  ],
});
