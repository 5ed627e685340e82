import { definePatch } from 'mmreplay';

/** Drains the lists once after isolation and never again. */
export default definePatch({
  id: 'offline_pcp/drain_once',
  subject: 'mm, page_alloc: move draining pcplists to page isolation users',
  author: 'Vlastimil Babka, 2020-11-11, without the retry of the series',
  link: 'https://git.kernel.org/linus/7612921f2376',
  base: 'v6.1',
  doc: 'Drains the lists once after isolation and never again. What is put on a list later ' +
    'stays there: the loop tests for ever. Only another drain, a flush or the periodic ' +
    'vmstat work lets it out.',
  config: {
    offline_pcp_disable: false,
    isolate_drains: false,
    offline_drain_before_loop: true,
    offline_drain_each_pass: false,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
    contig_drains: 'after_isolation',
  },
});
