import { definePatch } from 'mmreplay';

/** The span of a zone that grows ends a page early. */
export default definePatch({
  id: 'mutant/zone_end',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'The span of a zone that grows ends a page early.',
  wraps: {
    resize_zone_range: (next) => (k, zone, start_pfn, nr_pages) =>
      next(k, zone, start_pfn, nr_pages - 1),
  },
});
