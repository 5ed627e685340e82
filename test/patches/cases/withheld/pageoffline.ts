import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'withheld/pageoffline',
  subject: 'mm: Allow to offline unmovable PageOffline() pages via MEM_GOING_OFFLINE',
  author: 'David Hildenbrand, 2020-05-07',
  link: '',
  base: 'v6.1',
  doc: 'Taken back: pages that a driver withholds are unmovable.',
  wraps: {
    has_unmovable_pages: (next) => (k, start, end) => {
      for (let pfn = start; pfn < end; pfn += 1) if (k.nr_withheld_pages(pfn, 1) > 0) return pfn;
      return next(k, start, end);
    },
  },
});
