import { MAX_PAGE_ORDER, definePatch } from 'mmreplay';

export default definePatch({
  id: 'online_order/whole_blocks',
  subject: '[PATCH v5 1/2] memory_hotplug: Free pages as higher order',
  author: 'Arun KS, 2018-10-11',
  link: '',
  base: 'v5.0',
  doc: 'Pages go online in blocks as large as the allocator has them.',
  replaces: {
    online_pages_range(k, start_pfn, nr_pages) {
      const end_pfn = start_pfn + nr_pages;
      for (let pfn = start_pfn; pfn < end_pfn; pfn += 2 ** MAX_PAGE_ORDER) {
        k.online_page(pfn, MAX_PAGE_ORDER);
      }
      k.online_mem_sections(start_pfn, end_pfn);
    },
  },
});
