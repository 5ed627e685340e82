import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'isolate_count/by_count',
  subject: '[PATCH v3] mm/hotplug: fix offline undo_isolate_page_range()',
  author: 'Qian Cai, 2019-03-14',
  link: 'https://lore.kernel.org/r/20190314140654.58883-1-cai@lca.pw',
  released: 'v5.1 -',
  base: 'v5.0',
  doc: 'start_isolate_page_range() says how many pageblocks it isolated; so many leave the count.',
  around: {
    offline_pages: {
      * start_isolate_page_range(next, k, { caller: [start_pfn], local }) {
        const before = k.page_zone(start_pfn)?.nr_isolate_pageblock ?? 0;
        const ret = yield* next();
        local.isolated = (k.page_zone(start_pfn)?.nr_isolate_pageblock ?? 0) - before;
        return ret;
      },
      undo_isolate_page_range(next, k, { args: [start_pfn], local }) {
        if (k.pfn_to_online_page(start_pfn)) return next();
        const zone = k.page_zone(start_pfn);
        if (zone) zone.nr_isolate_pageblock -= local.isolated ?? 0;
      },
    },
  },
  claims: [{ text: 'The zone counts its isolated pageblocks right.', holds: 'P5' }],
});
