import { definePatch } from 'mmreplay';

/** The first section of a zone is not looked at when its span shrinks. */
export default definePatch({
  id: 'mutant/smallest_section',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'The first section of a zone is not looked at when its span shrinks.',
  wraps: {
    find_smallest_section_pfn: (next) => (k, nid, zone, start_pfn, end_pfn) =>
      next(k, nid, zone, start_pfn + 32768, end_pfn),
  },
});
