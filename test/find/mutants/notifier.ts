import { definePatch } from 'mmreplay';

/** A notifier that refuses is not heard. */
export default definePatch({
  id: 'mutant/notifier',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'A notifier that refuses is not heard.',
  wraps: {
    memory_notify: (next) => (k, action, arg) => {
      next(k, action, arg);
      return 0;
    },
  },
});
