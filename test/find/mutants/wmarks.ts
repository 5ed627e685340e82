import { definePatch } from 'mmreplay';

/** Watermarks stay what they were at boot. */
export default definePatch({
  id: 'mutant/wmarks',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Watermarks stay what they were at boot.',
  wraps: {
    setup_per_zone_wmarks: (next) => (k) => {
      if (k.state.system_state === 'booting') next(k);
    },
  },
});
