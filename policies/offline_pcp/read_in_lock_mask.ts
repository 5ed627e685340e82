import { definePatch } from 'mmreplay';

/** As read_in_lock, with a drain that leaves out CPUs whose count reads 0. */
export default definePatch({
  id: 'offline_pcp/read_in_lock_mask',
  subject: 'Re: [RFC 5/5] mm, page_alloc: disable pcplists during page isolation',
  author: 'Vlastimil Babka, 2020-09-10, without the forced drain',
  link: 'https://lore.kernel.org/r/3d3b53db-aeaa-ff24-260b-36427fac9b1c@suse.cz',
  base: 'v5.8',
  doc: 'As read_in_lock, with a drain that leaves out CPUs whose count reads 0. A CPU that ' +
    'is between taking pages and counting them is left out.',
  config: {
    offline_pcp_disable: false,
    isolate_drains: false,
    offline_drain_before_loop: true,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
    contig_drains: 'after_isolation',
  },
  wraps: {
    free_unref_page_commit: (next) => function* (k, pfn, order, _before, cpu) {
      yield* next(k, pfn, order, k.get_pageblock_migratetype(pfn), cpu);
    },
  },
});
