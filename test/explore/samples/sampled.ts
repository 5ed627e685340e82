import { definePatch, EAGAIN } from 'mmreplay';

/** Remembers over many steps what the zone looked like when it began. */
export default definePatch({
  id: 'mine/sampled',
  subject: '[RFC] mm/memory_hotplug: look at the free pages before isolation',
  author: 'A Developer, 2026-11-21',
  link: '',
  base: 'v6.1',
  doc: 'Does nothing when pages had been freed to the lists before the first pageblock.',
  wraps: {
    start_isolate_page_range: (next) => function* (k, start_pfn, end_pfn, migratetype) {
      yield 'before it looks';
      const counts = k.cpus_with_pcps(k.page_zone(start_pfn), false).map(
        (cpu) => k.state.pages?.pcpCount(k.page_zone(start_pfn), cpu) ?? 0);
      const error = yield* next(k, start_pfn, end_pfn, migratetype);
      if (error !== 0 || counts.every((count) => count <= 20)) return error;
      k.undo_isolate_page_range(start_pfn, end_pfn, migratetype);
      return -EAGAIN;
    },
  },
});
