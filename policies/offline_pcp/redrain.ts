import { asIn, definePatch } from 'mmreplay';

/** Drains once after isolation and again after each failed test. */
export default definePatch({
  id: 'offline_pcp/redrain',
  subject: '[PATCH v2] mm/memory_hotplug: drain per-cpu pages again during memory offline',
  author: 'Pavel Tatashin, 2020-09-03',
  link: 'https://lore.kernel.org/r/20200903140032.380431-1-pasha.tatashin@soleen.com',
  base: 'v6.1',
  doc: 'Drains once after isolation and again after each failed test. A late page costs one ' +
    'more drain and one more test. Raised: it treats the symptom, and outside of ' +
    'ZONE_MOVABLE a late page may be handed out again before the next drain. It ' +
    'drains behind the notifiers, as the recorded 6.1 does, or, where nodes have notifiers of ' +
    'their own, right after isolation, as the recorded 7.3 does.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  around: {
    offline_pages: {
      * start_isolate_page_range(next, k, { caller: [, , zone] }) {
        const ret = yield* next();
        if (ret >= 0 && k.config.node_notifiers) yield* k.drain_all_pages(zone);
        return ret;
      },
      * memory_notify(next, k, { args: [action], caller: [, , zone] }) {
        const ret = next();
        const isAgreed = action === 'MEM_GOING_OFFLINE' && ret === 0;
        if (isAgreed && !k.config.node_notifiers) yield* k.drain_all_pages(zone);
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
