import { definePatch } from 'mmreplay';

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
  config: {
    offline_pcp_disable: false,
    isolate_drains: false,
    offline_drain_before_loop: true,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
    contig_drains: 'after_isolation',
  },
  substitutes: {
    offline_pages: {
      * drain_all_pages(k, zone) {
        yield* k.__drain_all_pages(zone, true);
      },
    },
    alloc_contig_range: {
      * drain_all_pages(k, zone) {
        yield* k.__drain_all_pages(zone, true);
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
