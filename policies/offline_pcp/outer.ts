import { definePatch } from 'mmreplay';

/** Drains at the top of each outer pass, not while pageblocks are isolated. */
export default definePatch({
  id: 'offline_pcp/outer',
  subject: '[PATCH v3 2/2] mm: drain per-cpu pages outside of isolate_migratepages_range',
  author: 'Pavel Tatashin, 2020-09-04',
  link: 'https://lore.kernel.org/r/20200904151448.100489-3-pasha.tatashin@soleen.com',
  base: 'v5.8',
  doc: 'Drains at the top of each outer pass, not while pageblocks are isolated. One drain ' +
    'when nothing is late, one more for each failed test.',
  config: {
    offline_pcp_disable: false,
    isolate_drains: false,
    offline_drain_before_loop: false,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: true,
    offline_drain_after_failed_test: false,
    contig_drains: 'after_isolation',
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
  ],
});
