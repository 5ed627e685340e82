import { definePatch } from 'mmreplay';

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
  config: {
    offline_pcp_disable: true,
    isolate_drains: false,
    offline_drain_before_loop: false,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
  },
  adds: { state: () => ({ users: {} as Record<string, number> }) },
  wraps: {
    zone_pcp_disable: (next) => function* (k, zone) {
      const { users } = k.state.added.get('offline_pcp/count') as { users: Record<string, number> };
      const name = `${zone.nid} ${zone.name}`;
      users[name] = (users[name] ?? 0) + 1;
      if (users[name] === 1) yield* next(k, zone);
    },
    zone_pcp_enable: (next) => (k, zone) => {
      const { users } = k.state.added.get('offline_pcp/count') as { users: Record<string, number> };
      const name = `${zone.nid} ${zone.name}`;
      users[name] = (users[name] ?? 1) - 1;
      if (users[name] === 0) next(k, zone);
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
