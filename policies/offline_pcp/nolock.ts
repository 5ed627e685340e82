import { asIn, definePatch } from 'mmreplay';

/** Frees where nobody may wait: no flush, also of lists that are off. */
export default definePatch({
  id: 'offline_pcp/nolock',
  subject: '[PATCH bpf-next v7 2/6] mm, bpf: Introduce free_pages_nolock()',
  author: 'Alexei Starovoitov, 2025-02-12',
  link: 'https://git.kernel.org/linus/8c57b687e833',
  released: 'v6.15 -',
  base: 'v6.12',
  doc: 'As freetype, and frees that must not wait put the page on a list without a flush, or ' +
    'leave it for the next ordinary free of the zone. A list that is switched off can hold ' +
    'pages again until somebody else uses it.',
  config: {
    ...asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
      'offline_drain_after_failed_test'),
    ...asIn('v6.10', 'drain_remotely', 'migratetype_cached'),
    ...asIn('v6.11', 'drain_counts'),
  },
  replaces: { free_pages_nolock: (k, ...args) => k.free_frozen_pages_nolock(...args) },
  // In the model's kernels up to v5.10 these calls are taken out: here they are made.
  substitutes: {
    offline_pages: { zone_pcp_disable: 'zone_pcp_disable', zone_pcp_enable: 'zone_pcp_enable' },
  },
});
