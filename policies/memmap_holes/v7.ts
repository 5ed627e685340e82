import { definePatch } from 'mmreplay';

/** As v6, and on to the end of the section that a zone ends in. */
export default definePatch({
  id: 'memmap_holes/v7',
  subject: '[PATCH v7 1/1] mm/page_alloc.c: refactor initialization of struct page for holes ' +
    'in memory layout',
  author: 'Mike Rapoport, 2021-02-24',
  link: 'https://lore.kernel.org/r/20210224153950.20789-2-rppt@kernel.org',
  base: 'v5.10',
  doc: 'As v6, and the pages up to the end of the section that a zone ends in are initialised ' +
    'as its pages. When a zone ends inside a section, the next one initialises them once more.',
  replaces: {
    init_unavailable_mem() {},
    memmap_init: (k) => k.memmap_init_zones_and_holes(),
  },
  claims: [
    { text: 'Every struct page of an online section is initialised.', holds: 'I1' },
    { text: 'The zone of a page spans it, but for reserved holes at its ends.', holds: 'I2' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
