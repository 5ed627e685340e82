import { definePatch } from 'mmreplay';

/** Drains after each isolated pageblock and in every pass of the loop. */
export default definePatch({
  id: 'offline_pcp/loop',
  subject: 'memory unplug: page offline',
  author: 'KAMEZAWA Hiroyuki, 2007-10-16',
  link: 'https://git.kernel.org/linus/0c0e61958965',
  released: 'v2.6.24 - v5.0',
  base: 'v5.8',
  doc: 'Drains after each isolated pageblock and in every pass of the loop. The most drains ' +
    'of all designs, and it ends.',
  config: {
    offline_pcp_disable: false,
    isolate_drains: true,
    offline_drain_before_loop: false,
    offline_drain_each_pass: true,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
    contig_drains: 'before_test',
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
  ],
});
