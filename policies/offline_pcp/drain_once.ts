import { asIn, definePatch } from 'mmreplay';

/** Drains the lists once after isolation and never again. */
export default definePatch({
  id: 'offline_pcp/drain_once',
  subject: 'mm, page_alloc: move draining pcplists to page isolation users',
  author: 'Vlastimil Babka, 2020-11-11, without the retry of the series',
  link: 'https://git.kernel.org/linus/7612921f2376',
  base: 'v6.1',
  doc: 'Drains the lists once after isolation and never again. What is put on a list later ' +
    'stays there: the loop tests for ever. Only another drain, a flush or the periodic ' +
    'vmstat work lets it out. It ' +
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
    },
  },
});
