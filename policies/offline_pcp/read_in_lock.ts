import { asIn, definePatch } from 'mmreplay';

/** The free reads the migratetype again where nothing can come between it and the list. */
export default definePatch({
  id: 'offline_pcp/read_in_lock',
  subject: 'Re: [RFC 5/5] mm, page_alloc: disable pcplists during page isolation',
  author: 'Vlastimil Babka, 2020-09-10',
  link: 'https://lore.kernel.org/r/3d3b53db-aeaa-ff24-260b-36427fac9b1c@suse.cz',
  base: 'v5.8',
  doc: 'The free reads the migratetype again where nothing can come between it and the list. ' +
    'One drain is then enough, if it leaves out no CPU. Raised: longer sections without ' +
    'interrupts, bad for real-time kernels.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  substitutes: {
    offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} },
    alloc_contig_range: {
      * drain_all_pages(k, zone) {
        yield* k.__drain_all_pages(zone, true);
      },
    },
  },
  around: {
    offline_pages: {
      // After the notifiers, before the loop.
      * memory_notify(next, k, { args: [action], caller: [, , zone] }) {
        const ret = next();
        if (action === 'MEM_GOING_OFFLINE' && ret === 0) yield* k.__drain_all_pages(zone, true);
        return ret;
      },
    },
  },
  wraps: {
    free_unref_page_commit: (next) => function* (k, pfn, order, _before, cpu) {
      yield* next(k, pfn, order, k.get_pageblock_migratetype(pfn), cpu);
    },
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
    {
      text: 'No page of an isolated block rests on a per-cpu list after the last drain.',
      holds: 'P6',
    },
  ],
});
