import { definePatch } from 'mmreplay';

/** Zones initialise their whole span; what no zone spans is zeroed, up to the end of memory. */
export default definePatch({
  id: 'memmap_holes/zeroed_links',
  subject: 'mm: zero reserved and unavailable struct pages',
  author: 'Pavel Tatashin, 2017-11-15',
  link: 'https://git.kernel.org/linus/a4a3ede2132a',
  released: 'v4.15 - v5.5',
  base: 'v5.10',
  doc: 'Up to v5.5 a zone walks all pages of its span, so that holes inside are its pages, not ' +
    'reserved. Holes outside of all zones are zeroed, and read as node 0, zone 0. Raised: the ' +
    'pages between the end of memory and the end of its section stay as they were, and a read of ' +
    '/proc/kpageflags oopses there.',
  replaces: {
    init_unavailable_mem: (k) => k.zero_resv_unavail(),
    memmap_init: (k) => k.memmap_init_by_zone(),
    memmap_init_zone: (k, zone) => k.memmap_init_zone_span(zone),
  },
  claims: [
    { text: 'Links of the pages that a zone spans are those of the zone.', holds: 'I7' },
    { text: 'Memory of a node is linked to the node.', holds: 'I4' },
  ],
});
