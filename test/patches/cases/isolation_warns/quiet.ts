import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'isolation_warns/quiet',
  subject: '[PATCH v2 3/6] mm/page_isolation: drop WARN_ON_ONCE() in set_migratetype_isolate()',
  author: 'David Hildenbrand, 2020-07-30',
  link: '',
  base: 'v5.8',
  doc: 'That a pageblock of ZONE_MOVABLE cannot be isolated is no fault of the kernel.',
  substitutes: { set_migratetype_isolate: { WARN() {} } },
});
