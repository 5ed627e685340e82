/** Pages that are in use in another way, or elsewhere, than their rows alone say. */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ALLOCATED, ON_PCP } from '../../src/linux/mm/pages/arena.js';
import type { Pages } from '../../src/linux/mm/pages/pages.js';
import { missingFromLists } from '../../src/replay/pages/inference/unseen_allocations.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { Trace, TraceRow } from '../../src/trace/trace.js';
import { traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const BLOCK = 0x100000;
const PAGE = BLOCK + 0x300;

const page = (event: Row['event'], flags = ''): Row => ({
  event, cpu: 0, task: 'sh-7', pfn: PAGE, order: 0,
  ...(event === 'mm_page_free' ? {} : { migratetype: flags === '' ? 1 : 0 }),
  ...(flags === '' ? {} : { args: `gfp_flags=${flags}` }),
});
const online = (word: 'online_kernel' | 'online_movable'): readonly Row[] => {
  const range = { pfn: BLOCK, nr_pages: 32768 };
  return [{ event: 'add_memory', nid: 0, ...range }, { event: word, ...range }];
};

function replayed(trace: Trace, version: string) {
  const level = PageLevel.always(trace, []);
  const k: Kernel = replay(trace, { version, series: [], pageLevel: level });
  return { k, level, pages: k.state.pages as Pages };
}

/*
 *   block  [ . . PAGE . . ]  of a kernel zone: a slab's | of somebody else
 *
 * Expect: from v6.14 on nobody holds a reference of a slab's page, so that isolation, which looks
 * for references, passes over it; a page of anybody else's is in its way as before.
 */
describe('a single page of the slab allocator', () => {
  const slab = 'GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP|__GFP_NOMEMALLOC';
  test.each([
    ['v6.13', slab, PAGE], ['v6.14', slab, undefined],
    ['v6.13', 'GFP_KERNEL|__GFP_COMP', PAGE], ['v6.14', 'GFP_KERNEL|__GFP_COMP', PAGE],
  ])('on %s, allocated with %s', (version, flags, found) => {
    const rows = [...online('online_kernel'), page('mm_page_alloc', flags)];
    const { k } = replayed(traceOf(rows, { kernel: '6.12.117', cpus: 1 }), version);
    expect(k.has_unmovable_pages(PAGE - 0x100, PAGE + 0x100)).toBe(found);
  });
});

/*
 *   list of CPU 0   [ PAGE ... ]   snapshot: one page fewer   mm_page_alloc PAGE
 *
 * Expect: the page was off its list before the snapshot, for the CPU's next event says that it was
 * allocated; where the next event is of another page, or no page is missing, nothing has changed.
 */
test('an allocation that had begun when a snapshot was read', () => {
  const before = [...online('online_movable'), page('mm_page_alloc'), page('mm_page_free')];
  const header = { kernel: '7.3.4', cpus: 1 };
  const state = (after: Row, missing: number): number | undefined => {
    const { level, pages } = replayed(traceOf(before, header), 'v7.3');
    const trace = traceOf([...before, after], header);
    const slot = pages.slot(PAGE);
    const zp = pages.zoneOf(slot);
    if (zp === undefined) throw new Error('the page is in no zone');
    const listed = [(zp.pcp[0]?.count ?? 0) - missing];
    level.corrections.takeUnseen(
      'unseen_by_count', zp, missingFromLists(trace, pages, zp, listed, trace.length - 2));
    return pages.arena.state[slot];
  };
  expect(state(page('mm_page_alloc'), 1)).toBe(ALLOCATED);
  expect(state(page('mm_page_alloc'), 0)).toBe(ON_PCP);
  expect(state({ ...page('mm_page_alloc'), pfn: PAGE + 0x1000 }, 1)).toBe(ON_PCP);
});

/*
 *   list of CPU 0   [ S ... ]    S leaves it    interrupt frees A, then B    mm_page_alloc S
 *                                [ B A ... ]    S is being cleared
 *
 * Expect: A and B are before S on the list and were not taken by an alloc_pages_bulk(), of which no
 * row tells, as B is there still: somebody gets it later. Where B is not seen again, or something
 * came between the two frees, nothing says that A is there.
 */
test.each([
  ['B is allocated later', false, true, ON_PCP],
  ['B is not seen again', false, false, ALLOCATED],
  ['an allocation stands between the frees', true, true, ALLOCATED],
])('a list whose front an interrupt has filled: %s', (_text, isParted, isSeen, expected) => {
  const flags = 'GFP_KERNEL|__GFP_COMP';
  const [S, A, B] = [PAGE, PAGE + 0x10, PAGE + 0x20];
  const row = (event: Row['event'], pfn: number): Row => ({ ...page(event, flags), pfn });
  /** Something of this CPU that has nothing to do with its lists. */
  const other = (nr: number): Row => ({ ...row('mm_page_alloc', PAGE + nr * 0x10), order: 4 });
  const claims = { ...page('mm_page_alloc_extfrag', flags), pfn: S,
    args: 'fallback_order=10 pageblock_order=9 fallback_migratetype=1 change_ownership=1' };
  const rows = [
    ...online('online_kernel'), claims,
    ...[S, A, B].map((pfn) => row('mm_page_alloc', pfn)), row('mm_page_free', S), other(4),
    row('mm_page_free', A), ...(isParted ? [other(5)] : []), row('mm_page_free', B),
    row('mm_page_alloc', S), ...(isSeen ? [row('mm_page_alloc', B)] : []),
  ];
  const { pages } = replayed(traceOf(rows, { kernel: '7.3.4', cpus: 1 }), 'v7.3');
  expect(pages.arena.state[pages.slot(A)]).toBe(expected);
});

/*
 *   pageblock 0x10000 .. 0x101ff:   node 0 .. 0x100ff | 0x10100 .. node 1
 *
 * Expect: each page is in the zone of its own node.
 */
test('nodes that meet inside a pageblock', () => {
  const trace = traceOf([
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x10100000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x10100000 end=0x20000000' },
    page('mm_page_free'),
  ], { kernel: '7.3.4', cpus: 1 });
  const { pages } = replayed(trace, 'v7.3');
  const nid = (pfn: number): number | undefined => pages.zoneOf(pages.slot(pfn))?.zone.nid;
  expect([0xffff, 0x10000, 0x100ff, 0x10100, 0x101ff, 0x10200].map(nid))
    .toEqual([0, 0, 0, 1, 1, 1]);
});

/*
 *   add_memory   mm_page_alloc PAGE   online: the block's pages are free, all of them
 *
 * Expect: nobody can have had a page of memory that was not online, so it is free like the others;
 * that a row told otherwise is counted.
 */
test('a page that a row tells of before its memory is online', () => {
  const [added, onlined] = online('online_movable') as [Row, Row];
  const trace = traceOf([added, page('mm_page_alloc'), onlined], { kernel: '6.12.117', cpus: 1 });
  const level = PageLevel.always(trace, []);
  const { pages } = replay(
    trace, { version: 'v6.12', series: [], pageLevel: level, check: true }).state;
  expect(pages?.whereIs(PAGE)).toBe('free');
  expect(pages?.zones.map((zp) => zp.imbalance())).toEqual(pages?.zones.map(() => 0));
  expect(level.corrections.of('alloc_not_free')).toBeGreaterThan(0);
});
