import { asIn, definePatch } from 'mmreplay';

/**
 * Switches the lists of the zone off before isolation and on again at the end, with one forced
 * drain of all CPUs between.
 */
export default definePatch({
  id: 'offline_pcp/disable',
  subject: '[PATCH v3 7/7] mm, page_alloc: disable pcplists during memory offline',
  author: 'Vlastimil Babka, 2020-11-11',
  link: 'https://lore.kernel.org/r/20201111092812.11329-8-vbabka@suse.cz',
  released: 'v5.11 -',
  base: 'v5.10',
  doc: 'Switches the lists of the zone off before isolation and on again at the end, with ' +
    'one forced drain of all CPUs between. A page that is freed later leaves its list in ' +
    'the same critical section. Raised: the zone lock is taken for every page meanwhile, ' +
    'and one mutex orders all such users.',
  config: asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
    'offline_drain_after_failed_test'),
  // In the model's kernels up to v5.10 these calls are taken out: here they are made.
  substitutes: {
    offline_pages: { zone_pcp_disable: 'zone_pcp_disable', zone_pcp_enable: 'zone_pcp_enable' },
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
    {
      text: 'No page of an isolated block rests on a per-cpu list after the last drain.',
      holds: 'P6',
    },
  ],
});
