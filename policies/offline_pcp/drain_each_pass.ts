import { asIn, definePatch } from 'mmreplay';

/** Drains in every pass of the loop, before looking for pages to move, and nowhere else. */
export default definePatch({
  id: 'offline_pcp/drain_each_pass',
  subject: '[PATCH v2] mm, page_isolation: remove drain_all_pages() in ' +
    'set_migratetype_isolate()',
  author: 'Wei Yang, 2018-12-19, taken back in the third version',
  link: 'https://lore.kernel.org/r/20181218204656.4297-1-richard.weiyang@gmail.com',
  base: 'v6.1',
  doc: 'Drains in every pass of the loop, before looking for pages to move, and nowhere ' +
    'else. Each retry pays for a drain, needed or not.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
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
