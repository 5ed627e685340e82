import { asIn, definePatch } from 'mmreplay';

/** Drains at the top of each outer pass, not while pageblocks are isolated. */
export default definePatch({
  id: 'offline_pcp/outer',
  subject: '[PATCH v3 2/2] mm: drain per-cpu pages outside of isolate_migratepages_range',
  author: 'Pavel Tatashin, 2020-09-04',
  link: 'https://lore.kernel.org/r/20200904151448.100489-3-pasha.tatashin@soleen.com',
  base: 'v5.8',
  doc: 'Drains at the top of each outer pass, not while pageblocks are isolated. One drain ' +
    'when nothing is late, one more for each failed test.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  around: {
    offline_pages: {
      // The outer loop begins after the notifiers, and again after each failed test.
      * memory_notify(next, k, { args: [action], caller: [, , zone] }) {
        const ret = next();
        if (action === 'MEM_GOING_OFFLINE' && ret === 0) yield* k.drain_all_pages(zone);
        return ret;
      },
      * test_pages_isolated(next, k, { caller: [, , zone] }) {
        const ret = next();
        if (ret !== 0) yield* k.drain_all_pages(zone);
        return ret;
      },
    },
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
  ],
});
