import { definePatch, EIO } from 'mmreplay';

export default definePatch({
  id: 'soft_offline/online_only',
  subject: '[PATCH] drivers/base/memory.c: don\'t access uninitialized memmaps in ' +
    'soft_offline_page_store()',
  author: 'David Hildenbrand, 2019-10-10',
  link: '',
  base: 'v5.3',
  doc: 'A page that is not online is refused before its struct page is read.',
  wraps: {
    soft_offline_page: (next) => function* (k, pfn, free) {
      if (k.pfn_valid(pfn) && !k.pfn_to_online_page(pfn)) return -EIO;
      return yield* next(k, pfn, free);
    },
  },
});
