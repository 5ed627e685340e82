import { definePatch } from 'mmreplay';

/** Drains once after isolation and again after each failed test. */
export default definePatch({
  id: 'offline_pcp/redrain',
  subject: '[PATCH v2] mm/memory_hotplug: drain per-cpu pages again during memory offline',
  author: 'Pavel Tatashin, 2020-09-03',
  link: 'https://lore.kernel.org/r/20200903140032.380431-1-pasha.tatashin@soleen.com',
  base: 'v6.1',
  doc: 'Drains once after isolation and again after each failed test. A late page costs one ' +
    'more drain and one more test. Raised: it treats the symptom, and outside of ' +
    'ZONE_MOVABLE a late page may be handed out again before the next drain.',
  config: {
    offline_pcp_disable: false,
    isolate_drains: false,
    offline_drain_before_loop: true,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: true,
    contig_drains: 'after_isolation',
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
  ],
});
