import { definePatch } from 'mmreplay';

/** As v3_first_merge, and the lowest zone begins at page 0. */
export default definePatch({
  id: 'memmap_holes/v4',
  subject: '[PATCH v4 2/2] mm: fix initialization of struct page for holes in memory layout',
  author: 'Mike Rapoport, 2021-01-31',
  link: 'https://lore.kernel.org/r/20210130221035.4169-3-rppt@kernel.org',
  base: 'v5.10',
  requires: ['memmap_holes/v3_first_merge'],
  doc: 'The pages below the first memory are part of the lowest zone: page 0 is initialised. The ' +
    'rest of the last section still is not, as the highest zone ends with memory. Raised by ' +
    'Linus Torvalds against the patch beside it, which makes page 0 memory on x86.',
  around: {
    init_unavailable_mem: {
      init_hole_pages(next, k, { args: [start, end, zone, nid] }) {
        const [lowest] = k.state.boot.arch_zone_lowest_possible_pfn;
        return next(zone === 0 && start === lowest ? 0 : start, end, zone, nid);
      },
    },
  },
  claims: [
    { text: 'The zone of a hole is the one its address is in.', holds: 'I7' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
