import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'lru_stays_off/enabled',
  subject: '[PATCH 2/3] mm/memory_hotplug: fix potential permanent lru cache disable',
  author: 'Miaohe Lin, 2021-08-21',
  link: 'https://lore.kernel.org/r/20210821094246.10149-3-linmiaohe@huawei.com',
  base: 'v5.13',
  doc: 'An offline that is refused switches the caches before the LRU lists on again.',
  wraps: {
    offline_pages: (next) => function* (k, ...args) {
      const error = yield* next(k, ...args);
      if (error !== 0) k.lru_cache_enable();
      return error;
    },
  },
});
