import { definePatch } from 'mmreplay';

/** Per-cpu lists stay off when memory has gone offline. */
export default definePatch({
  id: 'mutant/pcp_enable',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Per-cpu lists stay off when memory has gone offline.',
  replaces: {
    zone_pcp_enable(k) {
      k.mutex_unlock('pcp_batch_high_lock');
    },
  },
});
