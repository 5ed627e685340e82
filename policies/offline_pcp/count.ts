import { additions, asIn, definePatch } from 'mmreplay';

/** By node and zone. */
const own = additions({ state: () => ({ users: {} as Record<string, number> }) });

/**
 * zone_pcp_disable() with a count of users: the first one switches off and drains, the last one
 * switches on.
 */
export default definePatch({
  id: 'offline_pcp/count',
  subject: '[PATCH 9/9] mm, page_alloc: optionally disable pcplists during page isolation',
  author: 'Vlastimil Babka, 2020-09-22',
  link: 'https://lore.kernel.org/r/20200922143712.12048-10-vbabka@suse.cz',
  base: 'v5.8',
  doc: 'zone_pcp_disable() with a count of users: the first one switches off and drains, the ' +
    'last one switches on. Raised by David Hildenbrand: the second user goes on before the ' +
    'drain of the first has ended.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  // In the model's kernels up to v5.10 these calls are taken out: here they are made.
  substitutes: {
    offline_pages: { zone_pcp_disable: 'zone_pcp_disable', zone_pcp_enable: 'zone_pcp_enable' },
  },
  adds: own,
  replaces: {
    * zone_pcp_disable(k, zone) {
      const { users } = own(k).state;
      const name = `${zone.nid} ${zone.name}`;
      yield* k.down_read('pcp_batch_high_lock');
      users[name] = (users[name] ?? 0) + 1;
      if (users[name] !== 1) return;
      k.__zone_set_pageset_high_and_batch(zone, 0, 0, 1);
      yield* k.__drain_all_pages(zone, true);
    },
    zone_pcp_enable(k, zone) {
      const { users } = own(k).state;
      const name = `${zone.nid} ${zone.name}`;
      users[name] = (users[name] ?? 1) - 1;
      if (users[name] === 0) {
        k.__zone_set_pageset_high_and_batch(
          zone, zone.pageset_high_min, zone.pageset_high_max, zone.pageset_batch);
      }
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
