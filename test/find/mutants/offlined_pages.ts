import { definePatch } from 'mmreplay';

/** No page counts as taken from the zone when it goes offline; up to v6.10 nobody asks. */
export default definePatch({
  id: 'mutant/offlined_pages',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.12',
  doc: 'No page counts as taken from the zone when it goes offline.',
  wraps: {
    __offline_isolated_pages: (next) => (k, start_pfn, end_pfn) => {
      next(k, start_pfn, end_pfn);
      return 0;
    },
  },
});
