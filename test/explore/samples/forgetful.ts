import { definePatch } from 'mmreplay';

let calls = 0;

/** Keeps a count where nobody finds it. */
export default definePatch({
  id: 'mine/forgetful',
  subject: '[RFC] mm/memory_hotplug: count where nobody looks',
  author: 'A Developer, 2026-11-21',
  link: '',
  base: 'v6.1',
  doc: 'What it does differs from one run of a schedule to the next.',
  wraps: {
    start_isolate_page_range: (next) => function* (k, start_pfn, end_pfn, migratetype) {
      calls += 1;
      if (calls % 2 === 1) yield 'every second time';
      return yield* next(k, start_pfn, end_pfn, migratetype);
    },
  },
});
