import { definePatch } from 'mmreplay';

/** The last section of what goes online stays offline. */
export default definePatch({
  id: 'mutant/online_sections',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'The last section of what goes online stays offline.',
  wraps: {
    online_mem_sections: (next) => (k, start_pfn, end_pfn) =>
      next(k, start_pfn, end_pfn - 32768),
  },
});
