import { EBUSY, MIGRATE_ISOLATE, definePatch } from 'mmreplay';

export default definePatch({
  id: 'isolated_again/refused',
  subject: '[PATCH v3] mm/page_isolation: make start_isolate_page_range() fail if already isolated',
  author: 'Mike Kravetz, 2018-03-09',
  link: '',
  base: 'v4.15',
  doc: 'Whoever comes second is refused.',
  wraps: {
    set_migratetype_isolate: (next) => function* (k, pfn, ...args) {
      if (k.get_pageblock_migratetype(pfn) === MIGRATE_ISOLATE) return -EBUSY;
      return yield* next(k, pfn, ...args);
    },
  },
});
