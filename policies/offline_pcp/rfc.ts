import { additions, asIn, definePatch, type Kernel, type Zone } from 'mmreplay';

/** Tasks that are isolating a range just now. */
const own = additions({ state: () => ({ isolating: new Set<string>() }) });

/** The lists get back the sizes that the zone remembers. */
function restore(k: Kernel, zone: Zone): void {
  k.__zone_set_pageset_high_and_batch(
    zone, zone.pageset_high_min, zone.pageset_high_max, zone.pageset_batch);
}

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
    ...asIn('v5.8', 'contig_drains'),
    ...asIn('v5.11', 'isolate_drains', 'offline_drain_each_pass',
      'offline_drain_after_failed_test'),
  },
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  adds: own,
  wraps: {
    start_isolate_page_range: (next) => function* (k, start_pfn, end_pfn, migratetype) {
      yield* k.down_read('pcp_batch_high_lock');
      own(k).state.isolating.add(k.state.current);
      const error = yield* next(k, start_pfn, end_pfn, migratetype);
      own(k).state.isolating.delete(k.state.current);
      if (error < 0) k.up_read('pcp_batch_high_lock');
      return error;
    },
    undo_isolate_page_range: (next) => (k, start_pfn, end_pfn, migratetype) => {
      next(k, start_pfn, end_pfn, migratetype);
      if (!own(k).state.isolating.has(k.state.current)) k.up_read('pcp_batch_high_lock');
    },
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
      if (zone?.nr_isolate_pageblock === 0) restore(k, zone);
    },
    count_isolated: (next) => (k, zone, start_pfn, nr_pages) => {
      next(k, zone, start_pfn, nr_pages);
      if (nr_pages > 0) {
        // Going online, isolated at first.
        k.state.locks.pcp_batch_high_lock.readers += 1;
        return;
      }
      // Going offline: nobody will undo the isolation.
      if (zone.nr_isolate_pageblock === 0) restore(k, zone);
      k.up_read('pcp_batch_high_lock');
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
