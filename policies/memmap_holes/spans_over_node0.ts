import { definePatch } from 'mmreplay';

/** All holes become reserved pages of node 0, zone 0; then zones initialise their whole span. */
export default definePatch({
  id: 'memmap_holes/spans_over_node0',
  subject: 'mm/page_alloc.c: initialize memmap of unavailable memory directly',
  author: 'David Hildenbrand, 2020-02-03',
  link: 'https://git.kernel.org/linus/4b094b7851bf',
  released: 'v5.6 - v5.7',
  base: 'v5.10',
  doc: 'As v5.5, but holes are initialised with a made-up node and zone and marked reserved, ' +
    'up to the end of the last section. Zones come after that and overwrite the holes in their ' +
    'span, which lose the reserved mark. Nothing is left uninitialised.',
  replaces: {
    init_unavailable_mem: (k) => k.init_unavailable_mem_node0(),
    memmap_init: (k) => k.memmap_init_by_zone(),
    memmap_init_zone: (k, zone) => k.memmap_init_zone_span(zone),
  },
  claims: [
    { text: 'Every struct page of an online section is initialised.', holds: 'I1' },
    { text: 'Links of the pages that a zone spans are those of the zone.', holds: 'I7' },
  ],
});
