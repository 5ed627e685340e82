import { definePatch, pageblock_nr_pages } from 'mmreplay';

export default definePatch({
  id: 'isolate_count/by_range',
  subject: '[PATCH] mm/hotplug: fix offline undo_isolate_page_range()',
  author: 'Qian Cai, 2019-03-12',
  link: 'https://lore.kernel.org/r/20190313014216.36782-1-cai@lca.pw',
  base: 'v5.0',
  doc: 'All pageblocks of the range leave the count once it is offline. Raised: a hole of the ' +
    'range was never counted.',
  around: {
    offline_pages: {
      undo_isolate_page_range(next, k, { args: [start_pfn, end_pfn] }) {
        if (k.pfn_to_online_page(start_pfn)) return next();
        const zone = k.page_zone(start_pfn);
        if (zone) zone.nr_isolate_pageblock -= (end_pfn - start_pfn) / pageblock_nr_pages;
      },
    },
  },
  claims: [{ text: 'The zone counts its isolated pageblocks right.', holds: 'P5' }],
});
