/** What the tasks of a window do: the kernel functions that they call, one after the other. */
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import type { Zone } from '../linux/include/mmzone.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import type { HugeSteps } from './huge_steps.js';
import { writeParameter, type PageStep } from './page_step.js';
import type { PageTask, Window } from './window.js';

/** Where they do it. */
interface Place {
  readonly k: Kernel;
  readonly zone: Zone;
  readonly pages: Pages;
  readonly huge: HugeSteps;
}

type Told = (result: string) => void;
type Body<S> = (place: Place, step: S, tell: Told) => Preempt<unknown>;

const bodies: {
  readonly [W in PageStep['what']]: Body<PageStep & { readonly what: W }>
} = {
  free: ({ k }, { pfns: [pfn = 0], order, cpu }) => k.free_unref_page(pfn, order, cpu),
  list: ({ k }, { pfns, cpu }) => k.free_unref_page_list(pfns, cpu),
  * commit({ k, zone, pages }, { pfns: [pfn = 0], order, cpu }) {
    const type = pages.arena.type[pages.slot(pfn)] ?? 0;
    yield* k.pcp_spin_trylock(zone, cpu);
    yield* k.free_unref_page_commit(pfn, order, type, cpu);
    k.pcp_spin_unlock(zone, cpu);
  },
  alloc: ({ k, zone }, { order, migratetype, cpu }) =>
    k.rmqueue(zone.nid, zone.index, order, migratetype, cpu),
  * contig({ k }, { pfns: [pfn = 0], nr_pages }, tell) {
    const ret = yield* k.__alloc_contig_pages(pfn, nr_pages);
    tell(`alloc_contig_range returns ${ret}`);
  },
  write: ({ k }, step) => writeParameter(k, step),
  huge_free: ({ huge }, step) => huge.free(step),
  huge_use: ({ huge }, step, tell) => huge.use(step, () => tell('no huge page')),
};

/** Everything a task does; between its steps others can run. */
export function* taskBody(place: Place, { steps }: PageTask, tell: Told): Preempt<void> {
  for (const [index, step] of steps.entries()) {
    if (index > 0) yield 'next';
    yield* (bodies[step.what] as Body<PageStep>)(place, step, tell);
  }
}

/** The memory of the window goes offline. */
export function offlineBody({ k, zone }: Place, { start_pfn, nr_pages }: Window): Preempt<number> {
  const block = k.state.memory_blocks.get(Math.floor(start_pfn / k.machine.pages_per_block));
  return k.offline_pages(start_pfn, nr_pages, zone, block?.group);
}
