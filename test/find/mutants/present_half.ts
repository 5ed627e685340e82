import { definePatch } from 'mmreplay';

/** Half of the pages count as present. */
export default definePatch({
  id: 'mutant/present_half',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Half of the pages count as present.',
  wraps: {
    adjust_present_page_count: (next) => (k, zone, group, nr_pages, pfn) =>
      next(k, zone, group, nr_pages / 2, pfn),
  },
});
