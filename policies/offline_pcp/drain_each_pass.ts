import { definePatch } from 'mmreplay';

/** Drains in every pass of the loop, before looking for pages to move, and nowhere else. */
export default definePatch({
  id: 'offline_pcp/drain_each_pass',
  subject: 'mm, memory_hotplug: the drain of each pass that c52e75935f8d removed',
  author: 'Wei Yang, 2018-12-21, taken back',
  link: 'https://lore.kernel.org/r/20181221170228.10686-1-richard.weiyang@gmail.com',
  base: 'v6.1',
  doc: 'Drains in every pass of the loop, before looking for pages to move, and nowhere ' +
    'else. Each retry pays for a drain, needed or not.',
  config: {
    offline_pcp_disable: false,
    isolate_drains: false,
    offline_drain_before_loop: false,
    offline_drain_each_pass: true,
    offline_drain_each_outer_pass: false,
    offline_drain_after_failed_test: false,
    contig_drains: 'after_isolation',
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
  ],
});
