import { PAGES_PER_SECTION, definePatch } from 'mmreplay';

export default definePatch({
  id: 'online_page/taint',
  subject: '[PATCH v4 4/5] mm: Teach pfn_to_online_page() about ZONE_DEVICE section collisions',
  author: 'Dan Williams, 2021-01-13',
  link: 'https://git.kernel.org/linus/1f90a3477df3',
  released: 'v5.12 -, v5.10.13',
  base: 'v5.9',
  doc: 'A section that device memory fills in part is marked; there the pgmap is looked up.',
  replaces: {
    pfn_to_online_page(k, pfn) {
      const { sections, zone_device_ranges } = k.state;
      const nr = Math.floor(pfn / PAGES_PER_SECTION);
      if (!sections.online(nr) || !sections.subsection_valid(pfn)) return false;
      return !sections.device(nr) || !zone_device_ranges.some(
        ({ start_pfn, nr_pages }) => start_pfn <= pfn && pfn < start_pfn + nr_pages);
    },
  },
});
