import { definePatch, EBUSY } from 'mmreplay';

/** Its own loop, with a local count of failed tests: after five it gives up. */
export default definePatch({
  id: 'mine/give_up',
  subject: '[RFC] mm/memory_hotplug: give up after five failed tests',
  author: 'A Developer, 2026-11-21',
  link: '',
  base: 'v6.1',
  doc: 'Drains again after each failed test, but not for ever.',
  replaces: {
    * offline_pages(k, start_pfn, nr_pages, zone) {
      const end_pfn = start_pfn + nr_pages;
      const error = yield* k.start_isolate_page_range(start_pfn, end_pfn, 'Movable');
      if (error !== 0) return error;
      for (let failed = 0; failed < 5; failed += 1) {
        yield* k.drain_all_pages(zone);
        yield 'before the test';
        if (k.test_pages_isolated(start_pfn, end_pfn) === 0) {
          k.__offline_isolated_pages(start_pfn, end_pfn);
          return 0;
        }
      }
      k.undo_isolate_page_range(start_pfn, end_pfn, 'Movable');
      return -EBUSY;
    },
  },
});
