import { definePatch } from 'mmreplay';

/** Blocks go where the kernel would put them, whatever the user says. */
export default definePatch({
  id: 'mutant/online_type',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Blocks go where the kernel would put them, whatever the user says.',
  wraps: {
    zone_for_pfn_range: (next) => (k, _type, nid, group, start_pfn, nr_pages) =>
      next(k, 'online', nid, group, start_pfn, nr_pages),
  },
});
