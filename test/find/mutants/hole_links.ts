import { definePatch } from 'mmreplay';

/** Pages of holes are linked to node 0. */
export default definePatch({
  id: 'mutant/hole_links',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Pages of holes are linked to node 0.',
  wraps: {
    init_hole_pages: (next) => (k, spfn, epfn, zone) => next(k, spfn, epfn, zone, 0),
  },
});
