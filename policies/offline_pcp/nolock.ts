import { definePatch } from 'mmreplay';

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
    offline_pcp_disable: true,
    isolate_drains: false,
    offline_drain_before_loop: false,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
    contig_drains: 'after_isolation',
    drain_remotely: true,
    migratetype_cached: false,
    free_nolock: true,
  },
});
