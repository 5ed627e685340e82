import { asIn, definePatch } from 'mmreplay';

/**
 * As remote, and the migratetype is read under the zone lock whenever a page enters the buddy
 * allocator; none is kept with the page.
 */
export default definePatch({
  id: 'offline_pcp/freetype',
  subject: 'mm: page_alloc: remove pcppage migratetype caching',
  author: 'Johannes Weiner, 2024-03-20',
  link: 'https://git.kernel.org/linus/17edeb5d3f76',
  released: 'v6.10 -',
  base: 'v6.1',
  doc: 'As remote, and the migratetype is read under the zone lock whenever a page enters ' +
    'the buddy allocator; none is kept with the page. Pages can no longer be put on the ' +
    'wrong list; what is stranded on a per-cpu list is a matter of disabling, as before.',
  config: {
    ...asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
      'offline_drain_after_failed_test'),
    ...asIn('v6.10', 'drain_remotely', 'migratetype_cached'),
  },
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
