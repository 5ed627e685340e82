import { definePatch } from 'mmreplay';

/**
 * The first isolated pageblock of a zone switches its lists off and drains all CPUs, the last one
 * switches them on: every isolator has it without asking.
 */
export default definePatch({
  id: 'offline_pcp/rfc',
  subject: '[RFC 5/5] mm, page_alloc: disable pcplists during page isolation',
  author: 'Vlastimil Babka, 2020-09-07',
  link: 'https://lore.kernel.org/r/20200907163628.26495-6-vbabka@suse.cz',
  base: 'v5.8',
  doc: 'The first isolated pageblock of a zone switches its lists off and drains all CPUs, ' +
    'the last one switches them on: every isolator has it without asking. Seen by reading: ' +
    'a second isolator does not wait for the drain of the first; as posted it warns once ' +
    'for the pageblocks after the first one in ZONE_MOVABLE (not done here).',
  config: {
    offline_pcp_disable: false,
    isolate_drains: false,
    offline_drain_before_loop: false,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
  },
  wraps: {
    set_migratetype_isolate: (next) => function* (k, pfn, start_pfn, end_pfn) {
      const zone = k.page_zone(pfn);
      const first = zone?.nr_isolate_pageblock === 0;
      const error = yield* next(k, pfn, start_pfn, end_pfn);
      if (zone === undefined || error !== 0 || !first) return error;
      k.__zone_set_pageset_high_and_batch(zone, 0, 0, 1);
      yield* k.__drain_all_pages(zone, true);
      return 0;
    },
    unset_migratetype_isolate: (next) => (k, pfn, migratetype) => {
      next(k, pfn, migratetype);
      const zone = k.page_zone(pfn);
      if (zone?.nr_isolate_pageblock === 0) k.zone_pcp_enable(zone);
    },
    offline_pages: (next) => function* (k, start_pfn, nr_pages, zone, group) {
      const result = yield* next(k, start_pfn, nr_pages, zone, group);
      if (result === 0 && zone.nr_isolate_pageblock === 0) k.zone_pcp_enable(zone);
      return result;
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
