import { definePatch } from 'mmreplay';

/**
 * While the zone has isolated pageblocks, a free goes past the lists: it tests the count of such
 * pageblocks where it would put the page on a list.
 */
export default definePatch({
  id: 'offline_pcp/flag',
  subject: 'Re: [PATCH] mm/memory_hotplug: drain per-cpu pages again during memory offline',
  author: 'David Hildenbrand, 2020-09-03',
  link: 'https://lore.kernel.org/r/c6b11905-2456-52a0-3b15-d4ceae6e7f54@redhat.com',
  base: 'v5.8',
  doc: 'While the zone has isolated pageblocks, a free goes past the lists: it tests the ' +
    'count of such pageblocks where it would put the page on a list. One forced drain ' +
    'after isolation is enough. Raised: a test in the hottest path.',
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
    free_unref_page_commit: (next) => function* (k, pfn, order, migratetype, cpu) {
      if ((k.page_zone(pfn)?.nr_isolate_pageblock ?? 0) > 0) k.free_one_page(pfn, order);
      else yield* next(k, pfn, order, migratetype, cpu);
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
