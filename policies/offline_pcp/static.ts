import { additions, asIn, definePatch } from 'mmreplay';

const own = additions({ state: () => ({ isolating: 0 }) });

/**
 * A switch in the free path that is on while somebody takes memory offline; frees go past the
 * lists meanwhile.
 */
export default definePatch({
  id: 'offline_pcp/static',
  subject: 'Re: [PATCH] mm/memory_hotplug: drain per-cpu pages again during memory offline',
  author: 'Michal Hocko, 2020-09-04',
  link: 'https://lore.kernel.org/r/20200904070235.GA15277@dhcp22.suse.cz',
  base: 'v5.8',
  doc: 'A switch in the free path that is on while somebody takes memory offline; frees go ' +
    'past the lists meanwhile. A static branch was Pavel Tatashin\'s idea, that only those ' +
    'who need it switch it is Michal Hocko\'s. He doubted it himself: such a switch may not ' +
    'suit isolation that comes and goes quickly, as that of CMA does.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
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
  adds: own,
  wraps: {
    offline_pages: (next) => function* (k, start_pfn, nr_pages, zone, group) {
      own(k).state.isolating += 1;
      const result = yield* next(k, start_pfn, nr_pages, zone, group);
      own(k).state.isolating -= 1;
      return result;
    },
    free_unref_page_commit: (next) => function* (k, pfn, order, migratetype, cpu) {
      if (own(k).state.isolating > 0) k.free_one_page(pfn, order);
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
