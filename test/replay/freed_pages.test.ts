/** Rows that free pages: together, in an interrupt, and through the kernel's table. */
import { describe, expect, test } from 'vitest';
import { ALLOCATED, FREE, ON_PCP } from '../../src/linux/mm/pages/arena.js';
import type { Pages } from '../../src/linux/mm/pages/pages.js';
import { definePatch, type Patch } from '../../src/patch/define.js';
import { isMarked } from '../../src/replay/pages/events.js';
import { passedLists } from '../../src/replay/pages/inference/passed_lists.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import type { Trace, TraceRow } from '../../src/trace/trace.js';
import { recording, traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const PFN = 0x10000;
const free = (pfn: number, order = 0): Row =>
  ({ event: 'mm_page_free', pfn, order, cpu: 0, task: 'a-1' });
const batched = (pfn: number): Row =>
  ({ event: 'mm_page_free_batched', pfn, order: 0, cpu: 0, task: 'a-1' });
const alloc = (pfn: number, order: number): Row => ({
  event: 'mm_page_alloc', pfn, order, cpu: 0, task: 'a-1', migratetype: 0, args: 'gfp_flags=0',
});

function replayed(trace: Trace, series: readonly Patch[] = []) {
  const level = PageLevel.always(trace, series);
  const k = replay(trace, {
    version: versionOfHeader(trace.header), series, pageLevel: level, observers: [],
  });
  return { level, k, pages: k.state.pages as Pages };
}

function after(kernel: string, rows: readonly Row[]) {
  const { pages } = replayed(traceOf(rows, { kernel, migratetypes: ['Unmovable', 'Movable'] }));
  return (pfn: number): readonly [number | undefined, number | undefined] =>
    [pages.arena.state[pages.slot(pfn)], pages.arena.order[pages.slot(pfn)]];
}

describe('a block that is freed page by page', () => {
  const pages = [0, 1, 2, 3].map((one) => free(PFN + one));

  // Expect: from v7.2 on free_pages_bulk() puts them together again.
  test.each([['6.12.0', 0], ['7.1.0', 0], ['7.2.0', 2], ['7.3.4', 2]])(
    'comes to the list of kernel %s in blocks of order %i', (kernel, order) => {
      expect(after(kernel, [alloc(PFN, 2), ...pages])(PFN)).toEqual([ON_PCP, order]);
    });

  test('stays in parts where a later row says so, or where not all of it is freed', () => {
    const single = [alloc(PFN, 2), ...pages, alloc(PFN + 3, 0)];
    expect(after('7.3.4', [alloc(PFN, 2), ...pages.slice(0, 3)])(PFN)).toEqual([ON_PCP, 0]);
    expect(after('7.3.4', [...single, alloc(PFN, 0)])(PFN)).toEqual([ALLOCATED, 0]);
  });
});

describe('an interrupt that frees while a batch is put on the lists', () => {
  const batch = [0, 2, 4].map((one) => PFN + one);
  const begin = [...batch.map((pfn) => alloc(pfn, 0)), alloc(PFN + 8, 0),
    ...batch.map((pfn) => free(pfn))];
  const inside = [...begin, batched(PFN), free(PFN + 8), batched(PFN + 2), batched(PFN + 4)];
  const behind = [...begin, batched(PFN), batched(PFN + 2), batched(PFN + 4), free(PFN + 8)];

  // Expect: the lists' lock is taken; before v6.2 no interrupt comes then.
  test.each([['6.1.0', ON_PCP], ['6.1.192', FREE], ['6.2.0', FREE], ['7.3.4', FREE]])(
    'of kernel %s', (kernel, state) => {
      expect(after(kernel, inside)(PFN + 8)[0]).toBe(state);
      expect(after(kernel, behind)(PFN + 8)[0]).toBe(ON_PCP);
    });
});

/** Changes nothing, and so that frees go through the kernel's table of functions. */
const asIs = definePatch({
  id: 'test/as_is', subject: 's', author: 'a', link: 'l', base: 'v6.1', doc: 'd',
  wraps: {
    free_unref_page_commit: (next) => function* (k, pfn, order, migratetype, cpu) {
      return yield* next(k, pfn, order, migratetype, cpu);
    },
  },
});

test.each(['light-load-6.16', 'light-load-7.3', 'processes-6.1'])(
  'frees go the same way through the table and past it: %s', async (name) => {
    const trace = await recording(name);
    const [past, through] = [replayed(trace), replayed(trace, [asIs])];
    expect(past.level.drains.length).toBeGreaterThan(500);
    expect(through.level.drains).toEqual(past.level.drains);
    expect(through.level.counts).toEqual(past.level.counts);
    expect(through.level.corrections.counts).toEqual(past.level.corrections.counts);
    for (const part of ['state', 'order', 'type', 'next', 'prev', 'cpu'] as const) {
      expect(Buffer.compare(
        Buffer.from(through.pages.arena[part].buffer), Buffer.from(past.pages.arena[part].buffer)),
      part).toBe(0);
    }
  });

describe('frees that find the lists locked', () => {
  /*
   *   CPU 0    alloc A B C D   free D   [softirq: free A B C, preemption off twice]   alloc D
   *   list                     D        D                                               -
   */
  const pages = [PFN, PFN + 2, PFN + 4];
  const locked = (pfn: number): Row => ({ ...free(pfn), args: 'irq=1 preempt=2' });
  const refilled = (pfn: number): Row => ({
    event: 'mm_page_alloc_zone_locked', pfn, order: 0, cpu: 0, task: 'a-1', migratetype: 0,
    args: 'percpu_refill=1',
  });
  const begin = [refilled(PFN + 64), ...pages.map((pfn) => alloc(pfn, 0)), alloc(PFN + 8, 0),
    free(PFN + 8), alloc(PFN + 64, 0)];
  const passed = [...begin, ...pages.map(locked), alloc(PFN + 8, 0)];
  const states = (kernel: string, rows: readonly Row[]) => {
    const look = after(kernel, rows);
    return pages.map((pfn) => look(pfn)[0]);
  };

  // Expect: a list gives what came last; it gave what came before, so these three are not there.
  test.each([['6.1.0', ON_PCP], ['6.2.0', FREE], ['7.3.4', FREE]])(
    'went past them: kernel %s', (kernel, state) => {
      expect(states(kernel, passed)).toEqual([state, state, state]);
    });

  // Expect: one of them is allocated from the list: all three had gone there.
  test('went to them, by what is allocated from there', () => {
    expect(states('7.3.4', [...begin, ...pages.map(locked), alloc(PFN + 4, 0), alloc(PFN + 8, 0)]))
      .toEqual([ON_PCP, ON_PCP, ALLOCATED]);
  });

  // Expect: the lock is that of one zone's list: a page of ZONE_DMA went to its own.
  test('by zone', () => {
    const trace = traceOf([alloc(PFN, 0), alloc(0x300, 0), locked(PFN), locked(0x300),
      refilled(PFN)], { kernel: '7.3.4', migratetypes: [] });
    const marked = Array.from({ length: trace.length }, (_, row) => row)
      .filter((row) => isMarked(passedLists(trace).locked, row));
    expect(marked.map((row) => trace.pfn(row))).toEqual([PFN]);
  });

  // Expect: without locks held nothing is known of pages that are not seen again.
  test('stay on them where no lock was held', () => {
    expect(states('7.3.4', [...begin, ...pages.map((pfn) => free(pfn)), alloc(PFN + 8, 0)]))
      .toEqual([ON_PCP, ON_PCP, ON_PCP]);
  });

  // Expect: a refill takes the first, which was not drained; from v6.0 on it went past the lists.
  test.each([['5.19.0', 0], ['6.0.0', 1], ['7.3.4', 1]])(
    'went past them, by what a refill takes: kernel %s', (kernel, count) => {
      const rows = [...begin, free(PFN + 2), free(PFN + 4), alloc(PFN + 8, 0), refilled(PFN + 2)];
      const { level } = replayed(traceOf(rows, { kernel, migratetypes: ['Unmovable', 'Movable'] }));
      expect(level.corrections.of('list_passed')).toBe(count);
    });

  /*
   *   alloc A B C   [softirq: free A B C, preemption off twice]   snapshot: 3 pages more are free
   *
   * Expect: nobody saw them again, but the counters say where they went.
   */
  test.each([['6.1.0', 3, 0], ['7.3.4', 3, 3], ['7.3.4', 2, 0], ['7.3.4', 0, 0]])(
    'went past them, by what a snapshot counts: kernel %s, %i pages', (kernel, more, count) => {
      const rows = [...pages.map((pfn) => alloc(pfn, 0)), refilled(PFN + 64), ...pages.map(locked)];
      const header = { kernel, migratetypes: ['Unmovable', 'Movable'] };
      const before = replayed(traceOf(rows, header)).pages;
      const zone = before.zoneOf(before.slot(PFN))?.zone;
      const snapshot: Row = {
        event: 'nr_free_pages', nid: zone?.nid ?? -1, zone: zone?.name ?? 'DMA',
        nr_pages: (zone?.nr_free_pages ?? 0) + more,
        args: 'pcp=0 stat_threshold=0 allocations=0 traced=1',
      };
      const { level } = replayed(traceOf([...rows, snapshot], header));
      expect(level.corrections.of('list_passed')).toBe(count);
    });
});

/*
 *   virtio-mem  130 MiB (a block and 2 MiB of the next)  ->  134 MiB: two subblocks more
 *   rows        mm_page_free of each, order 9, by its worker
 *
 * Expect: they are free, as generic_online_page() frees them, and on no list.
 */
test('subblocks that a driver onlines go past the lists, whatever their rows', () => {
  const first = 0x100000;
  const wish = (mib: number): Row => ({
    event: 'virtio_mem_config_changed', nid: 0, pfn: first, nr_pages: 0x40000, cpu: 0, task: 'a-1',
    args: `device=virtio0 block_size=0x200000 requested_size=${mib * 2 ** 20} `
      + 'auto_online=online_movable',
  });
  const second = first + 0x8000;
  const rows = [wish(130), wish(134), free(second + 0x200, 9), free(second + 0x400, 9)];
  const look = after('7.3.4', rows);
  // The second is the first one's buddy.
  expect([look(second), look(second + 0x400)]).toEqual([[FREE, 10], [FREE, 9]]);
  const { level } = replayed(traceOf(rows, { kernel: '7.3.4', migratetypes: [] }));
  expect(level.drains).toEqual([]);
});

/*
 *   boot  hugepages=2: somewhere       write nr_hugepages 0       rows: two blocks of order 9 freed
 *
 * Expect: they are the pool's, wherever the boot had put them; not more than it is to lose.
 */
test.each([[0, 1], [2, 2], [3, 3]])(
  'huge pages of the boot leave the pool by their rows: %i are wanted', (wanted, left) => {
    const gfp = 'gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_NOWARN';
    const { k } = replayed(traceOf([
      { event: 'boot_param', args: 'hugepages=2' },
      { ...alloc(PFN, 9), args: gfp },
      { event: 'write_parameter', cpu: 0, task: 'a-1',
        args: `file=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages value=${wanted}` },
      ...[PFN + 0x400, PFN + 0x800].map((pfn) => free(pfn, 9)),
    ], { kernel: '7.3.4', migratetypes: [] }));
    expect(k.state.hugetlb.nr_huge_pages).toBe(left);
  });

/*
 *   list of CPU 0, of another node    4 + 4 x 1 + 8 pages       rows: kworker/0 drains 4 x 1 and 4
 *
 * Expect: vmstat takes a batch, and all of the block that the batch ends in; no more than that.
 */
test('vmstat gives back a batch of a list of another node, with all of its last block', () => {
  const first = 0x100000;
  const at = (pfn: number, order: number): Row[] => [alloc(pfn, order)];
  const singles = [16, 17, 18, 19].map((page) => first + page);
  const blocks: [number, number][] = [[first + 24, 2], [first + 8, 3],
    ...singles.map((pfn): [number, number] => [pfn, 0])];
  const worker = (pfn: number, order: number): Row => ({
    event: 'mm_page_pcpu_drain', pfn, order, cpu: 0, task: 'kworker/0:0-9', migratetype: 0,
  });
  const { level, pages } = replayed(traceOf([
    { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x100000000 end=0x140000000 hotplug=1' },
    { event: 'add_memory', nid: 1, pfn: first, nr_pages: 0x8000, cpu: 0, task: 'a-1' },
    { event: 'online_kernel', pfn: first, nr_pages: 0x8000, cpu: 0, task: 'a-1' },
    ...blocks.flatMap(([pfn, order]) => at(pfn, order)),
    ...blocks.map(([pfn, order]) => free(pfn, order)),
    ...singles.map((pfn) => worker(pfn, 0)), worker(first + 4, 2),
  ], { kernel: '7.3.4', migratetypes: [] }));
  const zone = pages.zoneOf(pages.slot(first));
  expect(zone?.zone.nid).toBe(1);
  expect(zone?.zone.pcp.batch).toBe(7);
  // A refill had brought a block of order 2, which is the oldest one.
  expect(level.drains.map(({ pfn }) => pfn).sort((a, b) => a - b))
    .toEqual([first + 4, ...singles]);
  expect(pages.arena.state[pages.slot(first + 8)]).toBe(ON_PCP);
});

/*
 *  0x100000                      0x108000
 *  |[freed again]-- all free ------|          a DIMM, online
 *
 * Expect: who frees a page that the model has free already (it has moved it, where the recorded
 * kernel had not) takes that page out of its block, and the rest stays free.
 */
test.each([0x100000, 0x100010])('a page %i of a free block that is freed again', (pfn) => {
  const range = { pfn: 0x100000, nr_pages: 32768 };
  const { level, pages } = replayed(traceOf([
    { event: 'add_memory', nid: 0, ...range }, { event: 'online_movable', ...range }, free(pfn),
  ], { kernel: '6.12.0' }));
  expect(level.corrections.of('free_not_allocated')).toBe(1);
  const { state } = pages.arena;
  expect(state[pages.slot(pfn)]).toBe(ON_PCP);
  expect(state[pages.slot(pfn + 1)]).toBe(FREE);
  expect(pages.firstNotFree(pfn + 1, 0x108000)).toBe(0x108000);
});
