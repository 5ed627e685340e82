import { definePatch, EAGAIN } from 'mmreplay';

/** Remembers over many steps how full the lists were when it began. */
export default definePatch({
  id: 'mine/sampled',
  subject: '[RFC] mm/memory_hotplug: look at the lists before isolation',
  author: 'A Developer, 2026-11-21',
  link: '',
  base: 'v6.1',
  doc: 'Does nothing when a page had been freed to a list before all lists were drained.',
  wraps: {
    offline_pages: (next) => function* (k, start_pfn, nr_pages, zone, group) {
      yield 'before it looks';
      const late = k.cpus_with_pcps(zone, false).some(
        (cpu) => (k.state.pages?.pcpCount(zone, cpu) ?? 0) > 20);
      yield* k.zone_pcp_disable(zone);
      k.zone_pcp_enable(zone);
      return late ? -EAGAIN : yield* next(k, start_pfn, nr_pages, zone, group);
    },
  },
});
