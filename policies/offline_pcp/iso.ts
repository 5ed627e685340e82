import { asIn, definePatch } from 'mmreplay';

/**
 * Drains after each isolated pageblock, nowhere else: the drain of the loop was dropped as
 * redundant.
 */
export default definePatch({
  id: 'offline_pcp/iso',
  subject: '[PATCH v4] mm: remove extra drain pages on pcp list',
  author: 'Wei Yang, 2019-01-06',
  link: 'https://lore.kernel.org/r/20190105233141.2329-1-richard.weiyang@gmail.com',
  released: 'v5.1 - v5.8.10',
  base: 'v5.8',
  doc: 'Drains after each isolated pageblock, nowhere else: the drain of the loop was ' +
    'dropped as redundant. A page that reaches a list after the last drain of the range ' +
    'is stranded. Merged as c52e75935f8d.',
  config: asIn('v5.8', 'isolate_drains', 'contig_drains'),
  substitutes: {
    offline_pages: { * drain_all_pages() {}, * zone_pcp_disable() {}, zone_pcp_enable() {} },
  },
});
