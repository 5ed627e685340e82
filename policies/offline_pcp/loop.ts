import { asIn, definePatch } from 'mmreplay';

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
    ...asIn('v5.0.6', 'isolate_drains', 'contig_drains'),
    ...asIn('v5.11', 'offline_drain_each_pass', 'offline_drain_after_failed_test'),
  },
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  around: {
    offline_pages: {
      * scan_movable_pages(next, k, { caller: [, , zone] }) {
        yield* k.drain_all_pages(zone);
        return next();
      },
    },
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
  ],
});
