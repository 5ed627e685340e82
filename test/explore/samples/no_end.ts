import { definePatch } from 'mmreplay';

/** Its own loop, without an end and with one drain only. */
export default definePatch({
  id: 'mine/no_end',
  subject: '[RFC] mm/memory_hotplug: drain once, in a loop of its own',
  author: 'A Developer, 2026-11-21',
  link: '',
  base: 'v6.1',
  doc: 'What is put on a list after the drain stays there.',
  replaces: {
    * offline_pages(k, start_pfn, nr_pages, zone) {
      const end_pfn = start_pfn + nr_pages;
      yield* k.start_isolate_page_range(start_pfn, end_pfn, 'Movable');
      yield* k.drain_all_pages(zone);
      do yield 'before the test';
      while (k.test_pages_isolated(start_pfn, end_pfn) !== 0);
      k.__offline_isolated_pages(start_pfn, end_pfn);
      return 0;
    },
  },
});
