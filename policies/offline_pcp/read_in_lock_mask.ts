import { asIn, definePatch } from 'mmreplay';

/** As read_in_lock, with a drain that leaves out CPUs whose count reads 0. */
export default definePatch({
  id: 'offline_pcp/read_in_lock_mask',
  subject: 'Re: [RFC 5/5] mm, page_alloc: disable pcplists during page isolation',
  author: 'Vlastimil Babka, 2020-09-10, without the forced drain',
  link: 'https://lore.kernel.org/r/3d3b53db-aeaa-ff24-260b-36427fac9b1c@suse.cz',
  base: 'v5.8',
  doc: 'As read_in_lock, with a drain that leaves out CPUs whose count reads 0. A CPU that ' +
    'is between taking pages and counting them is left out.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  around: {
    offline_pages: {
      // After the notifiers, before the loop.
      * memory_notify(next, k, { args: [action], caller: [, , zone] }) {
        const ret = next();
        if (action === 'MEM_GOING_OFFLINE' && ret === 0) yield* k.drain_all_pages(zone);
        return ret;
      },
    },
  },
  wraps: {
    free_unref_page_commit: (next) => function* (k, pfn, order, _before, cpu) {
      yield* next(k, pfn, order, k.get_pageblock_migratetype(pfn), cpu);
    },
  },
});
