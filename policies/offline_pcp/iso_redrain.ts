import { asIn, definePatch } from 'mmreplay';

/**
 * Drains after each isolated pageblock, and again after each failed test: what was merged as
 * 968318261221.
 */
export default definePatch({
  id: 'offline_pcp/iso_redrain',
  subject: '[PATCH v2] mm/memory_hotplug: drain per-cpu pages again during memory offline',
  author: 'Pavel Tatashin, 2020-09-03',
  link: 'https://lore.kernel.org/r/20200903140032.380431-1-pasha.tatashin@soleen.com',
  released: 'v5.9 - v5.10, v5.8.11',
  base: 'v5.8',
  doc: 'Drains after each isolated pageblock, and again after each failed test: what was ' +
    'merged as 968318261221. The offline_pcp/redrain of kernels that do not drain while ' +
    'they isolate is another policy.',
  config: asIn('v5.8', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  around: {
    offline_pages: {
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
