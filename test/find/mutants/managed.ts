import { definePatch } from 'mmreplay';

/** Managed pages do not count what goes online by a driver. */
export default definePatch({
  id: 'mutant/managed',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Managed pages do not count what goes online by a driver.',
  wraps: {
    adjust_managed_page_count: (next) => (k, zone, count) =>
      next(k, zone, k.state.online_page_callback === undefined ? count : count - 1),
  },
});
