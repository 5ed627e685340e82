import { definePatch, ZONE_NAMES } from 'mmreplay';

/** Pages of holes are linked to node 0, zone 0, wherever they are. */
export default definePatch({
  id: 'memmap_holes/node0_zone0',
  subject: 'mm: memmap_init: iterate over memblock regions rather that check each PFN',
  author: 'Baoquan He, 2020-06-03',
  link: 'https://git.kernel.org/linus/73a6e474cb37',
  released: 'v5.8 - v5.11, v5.10 to v5.10.23',
  base: 'v6.1',
  doc: 'The links that holes had from v5.8 to v5.11.6, written by the pass of v6.1. The mail ' +
    'that is named made memory the only thing a zone initialises, so that the node and zone that ' +
    'init_unavailable_mem() makes up stay. Raised: compaction runs into a VM_BUG where the first ' +
    'page of a pageblock with memory is such a hole.',
  replaces: {
    init_unavailable_range(k, spfn, epfn, zone, nid) {
      const pages = k.init_hole_pages(spfn, epfn, 0, 0);
      if (pages === 0) return;
      k.pr_info(`On node ${nid}, zone ${ZONE_NAMES[zone]}: ${pages} pages in unavailable ranges`);
    },
  },
  claims: [
    { text: 'Every struct page of an online section is initialised.', holds: 'I1' },
    { text: 'Pages without memory are reserved.', holds: 'I5' },
  ],
});
