import { MIGRATE_ISOLATE, definePatch } from 'mmreplay';

export default definePatch({
  id: 'taken_off/counted',
  subject: '[PATCH v3] mm/page_alloc: fix counting of free pages after take off from buddy',
  author: 'Ding Hui, 2021-05-26',
  link: 'https://lore.kernel.org/r/20210526075247.11130-1-dinghui@sangfor.com.cn',
  base: 'v5.12',
  doc: 'A page that failed while it was free is no free page any more.',
  wraps: {
    take_page_off_buddy: (next) => (k, pfn) => {
      const taken = next(k, pfn);
      const zone = k.page_zone(pfn);
      const isolated = k.get_pageblock_migratetype(pfn) === MIGRATE_ISOLATE;
      if (taken && !isolated && zone !== undefined) zone.nr_free_pages -= 1;
      return taken;
    },
  },
});
