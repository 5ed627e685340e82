import { definePatch, PAGES_PER_SECTION, ZONE_MOVABLE, roundUp } from 'mmreplay';

/** Holes get the zone that the architecture has at their address, and the node behind them. */
export default definePatch({
  id: 'memmap_holes/v3_first_merge',
  subject: '[PATCH v3 2/2] mm: fix initialization of struct page for holes in memory layout',
  author: 'Mike Rapoport, 2021-01-11',
  link: 'https://lore.kernel.org/r/20210111194017.22696-3-rppt@kernel.org',
  base: 'v5.10',
  doc: 'Merged as d3921cb8be29 for v5.11-rc5, reverted by 377bf660d07a for v5.11-rc6 after ' +
    'boots hung. Limits of the zones are the first page of memory and its last: page 0 and the ' +
    'rest of the last section are in no zone and stay uninitialised. Raised: the boot ends at ' +
    'page 0 with DEBUG_VM, and a read of /proc/kpagecount oopses at the end of memory.',
  replaces: {
    init_unavailable_mem(k) {
      const { boot } = k.state;
      const memory = k.for_each_mem_pfn_range(undefined);
      const last = memory.at(-1);
      if (last === undefined) return;
      const end = roundUp(boot.max_pfn, PAGES_PER_SECTION);
      for (let zone = 0; zone < ZONE_MOVABLE; zone += 1) {
        const low = boot.arch_zone_lowest_possible_pfn[zone] ?? 0;
        const high = boot.arch_zone_highest_possible_pfn[zone] ?? 0;
        const hole = (from: number, to: number, nid: number) =>
          k.init_hole_pages(Math.max(from, low), Math.min(to, high), zone, nid);
        let pages = 0;
        let next = 0;
        for (const { start_pfn, end_pfn, nid } of memory) {
          pages += hole(next, start_pfn, nid);
          next = end_pfn;
        }
        pages += hole(next, end, last.nid);
        if (pages === 0) continue;
        k.pr_info(`Zone ${k.NODE_DATA(0).node_zones[zone]?.name}: ` +
          `zeroed struct page in unavailable ranges: ${pages} pages`);
      }
    },
    memmap_init: (k) => k.memmap_init_by_zone(),
  },
  claims: [
    { text: 'The zone of a hole is the one its address is in.', holds: 'I7' },
    { text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' },
  ],
});
