import { asIn, definePatch } from 'mmreplay';

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
