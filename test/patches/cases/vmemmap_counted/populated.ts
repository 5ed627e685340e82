import { definePatch, type Kernel } from 'mmreplay';

const pagesOf = (k: Kernel, pfn: number, nr_pages: number): number =>
  k.section_nr_vmemmap_pages(pfn, nr_pages);

export default definePatch({
  id: 'vmemmap_counted/populated',
  subject: '[PATCH v8 1/6] mm/sparse-vmemmap: Fix vmemmap accounting underflow',
  author: 'Muchun Song, 2026-04-28',
  link: 'https://lore.kernel.org/r/20260428081855.1249045-2-songmuchun@bytedance.com',
  released: 'v7.2 -',
  base: 'v7.0',
  doc: 'A memmap is counted where it is made, and taken off where it goes.',
  substitutes: {
    section_activate: { memmap_pages_add() {} },
    section_deactivate: { memmap_pages_add() {} },
  },
  wraps: {
    populate_section_memmap: (next) => (k, pfn, nr_pages, ...args) => {
      k.memmap_pages_add(pagesOf(k, pfn, nr_pages));
      return next(k, pfn, nr_pages, ...args);
    },
    depopulate_section_memmap: (next) => (k, pfn, nr_pages, altmap) => {
      k.memmap_pages_add(-pagesOf(k, pfn, nr_pages));
      next(k, pfn, nr_pages, altmap);
    },
  },
  claims: [{ text: 'What is counted is what memmaps take.', holds: 'I16' }],
});
