import { definePatch } from 'mmreplay';

/** The code of v7 as v5.12 was released with it. */
export default definePatch({
  id: 'memmap_holes/v8',
  subject: '[PATCH v8 1/1] mm/page_alloc.c: refactor initialization of struct page for holes ' +
    'in memory layout',
  author: 'Mike Rapoport, 2021-02-26',
  link: 'https://lore.kernel.org/r/20210225224351.7356-2-rppt@kernel.org',
  released: 'v5.12 - v5.13.1, v5.10.24',
  base: 'v5.10',
  doc: 'Merged as 0740a50b9baa; does what v7 does, with better reasons. Raised by bugzilla ' +
    '213073: nodes are taken by number. On a machine whose node 0 lies above node 1, the rest of ' +
    'the section that node 1 ends in is memory of node 0, and becomes a hole of node 1.',
  replaces: {
    init_unavailable_mem() {},
    memmap_init: (k) => k.memmap_init_zones_and_holes(),
  },
  claims: [
    { text: 'Every struct page of an online section is initialised.', holds: 'I1' },
    { text: 'The zone of a page spans it, but for reserved holes at its ends.', holds: 'I2' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
    { text: 'Memory of a node is linked to the node.', holds: 'I4' },
  ],
});
