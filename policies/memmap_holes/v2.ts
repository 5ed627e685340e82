import { definePatch, hex } from 'mmreplay';

/** As v1, and what is reserved counts as memory. */
export default definePatch({
  id: 'memmap_holes/v2',
  subject: '[PATCH v2 0/2] mm: fix initialization of struct page for holes in memory layout',
  author: 'Mike Rapoport, 2020-12-09',
  link: 'https://lore.kernel.org/r/20201209214304.6812-1-rppt@kernel.org',
  base: 'v5.10',
  requires: ['memmap_holes/v1'],
  doc: 'As v1, which is its second patch. Reserved ranges that are no memory are added to ' +
    'memblock.memory before nodes and zones are sized, so that page 0 is in ZONE_DMA. Raised by ' +
    'kernelci: a board reserves a range that must not be touched (rk3288), which is now mapped ' +
    'as memory, and does not boot. Zones count pages as present that hold no memory.',
  wraps: {
    free_area_init: (next) => (k, max_zone_pfns) => {
      for (const { start, end } of k.state.boot.reserved) {
        let from = start;
        for (const region of [...k.state.boot.memory, { start: end, end }]) {
          const to = Math.min(region.start, end);
          const nid = k.phys_to_target_node(from);
          if (from < to) {
            k.pr_warn(
              `memblock: reserved range [${hex(from, 16)}-${hex(to, 16)}] is not in memory`);
            k.memblock_add_node(from, to, nid < 0 ? k.first_online_node() : nid);
          }
          from = Math.max(from, region.end);
        }
      }
      next(k, max_zone_pfns);
    },
  },
  claims: [
    { text: 'A page that a zone spans is linked to it.', holds: 'I7' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
