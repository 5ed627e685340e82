/** How high a list is that overflows, by what comes after the next frees to it. */
import { expect, test } from 'vitest';
import { causesIn } from '../../src/observe/facts/causes.js';
import { givesBlocks } from '../../src/replay/pages/inference/drained_together.js';
import { nextOverflows } from '../../src/replay/pages/inference/next_overflows.js';
import { OverflowDrains } from '../../src/replay/pages/inference/overflow_drains.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const PFN = 0x8000;
const of = (event: Row['event'], page: number, task = 'sh-7'): Row => ({
  event, cpu: 0, task, pfn: PFN + page, order: 0,
  ...(event === 'mm_page_free' ? {} : { migratetype: 0 }),
});
const drain = (page: number, task?: string): Row => of('mm_page_pcpu_drain', page, task);
const free = (page: number): Row => of('mm_page_free', page);

/** What is known at the first drain of a list with 100 pages. */
function bounds(...rows: Row[]): readonly number[] {
  const trace = traceOf(rows, { kernel: '7.3.4', cpus: 1 });
  const k = replay(trace, { version: 'v7.3', series: [], pageLevel: PageLevel.always(trace, []) });
  const { pages } = k.state;
  const zp = pages?.zoneOf(pages.slot(PFN));
  const pcp = zp?.pcp[0];
  if (pages === undefined || zp === undefined || pcp === undefined) throw new Error('no pages');
  pcp.count = 100;
  const row = trace.length - rows.length;
  const { least, most } = nextOverflows(trace, pages, zp, pcp, row);
  return [least, most];
}

/*
 *   pages    100  97  98      99      98  ...
 *            drain 3  free    free  drain
 *
 * Expect: 98 are not too many and 99 are: `high` is 99. Two pages that are freed together, as one
 * block, are on the list only with the second one, so that the first one says nothing.
 */
test('between a free after which nothing is drained and one after which something is', () => {
  expect(bounds(drain(0), drain(2), drain(4), free(6), free(8), drain(10))).toEqual([99, 99]);
  expect(bounds(drain(0), drain(2), drain(4), free(6), free(7), drain(10))).toEqual([0, 99]);
});

/*
 * Expect: what is known holds up to where somebody else drains, or a refill comes, of which no row
 * tells how full the list is behind it.
 */
test('up to where others change how full it is', () => {
  const known = [drain(0), drain(2), free(4), free(6)];
  expect(bounds(...known, drain(8, 'kworker/0:1-9'), free(10), drain(12))).toEqual([100, 100]);
  const refill = of('mm_page_alloc_zone_locked', 8);
  expect(bounds(drain(0), drain(2), free(4), refill, free(10), drain(12))).toEqual([0, 100]);
  expect(bounds(drain(0))).toEqual([0, 100]);
});

/*
 *   high 100 ... vmstat's worker leaves a list alone from which it would have drained
 *
 * Expect: that the list is higher than in the model is a correction as well, though no page moves:
 * what comes to be on the list depends on it.
 */
test('a list that vmstat did not drain was higher', () => {
  const trace = traceOf([free(0)], { kernel: '7.3.4', cpus: 1 });
  const level = PageLevel.always(trace, []);
  const { pages } = replay(trace, { version: 'v7.3', series: [], pageLevel: level }).state;
  const zp = pages?.zoneOf(pages.slot(PFN));
  const pcp = zp?.pcp[0];
  if (zp === undefined || pcp === undefined) throw new Error('no pages');
  const round = (high: number): void =>
    level.corrections.vmstat(0, [{ zp, pages: 0, high, expire: pcp.expire }]);
  round(pcp.high);
  expect(level.corrections.of('high_raised')).toBe(0);
  round(pcp.high + 64);
  expect(level.corrections.of('high_raised')).toBe(1);
  expect(causesIn(level.corrections.onList(zp, 0))).toContain('high_raised');
});

/*
 *   one batch of CPU 0   ... put A [count n - 1]   put B [count n]   drain drain drain ...
 *
 * Expect: the lists were locked from A to B, so that nobody lowered this one between them: it is as
 * high as it is full now. Where another task put A there vmstat can have come by since, which takes
 * eighths off: then only those heights are thought of.
 */
test.each([
  ['a batch', 'sh-7', true], ['two batches', 'sh-8', false],
])('a list that is found too full after %s', (_text, task, isExact) => {
  const DIMM = 0x100000;
  const row = (event: Row['event'], page: number, by = 'sh-7'): Row =>
    ({ ...of(event, 0, by), pfn: DIMM + 2 * page });
  const all = [...Array(150).keys()];
  const rows = [
    { event: 'add_memory', nid: 0, pfn: DIMM, nr_pages: 32768 },
    { event: 'online_movable', pfn: DIMM, nr_pages: 32768 },
    ...all.map((page) => row('mm_page_alloc', page)),
    ...all.map((page) => row('mm_page_free', page)),
    ...all.map((page) => row('mm_page_free_batched', page, page === 148 ? task : undefined)),
  ] as const;
  const header = { kernel: '7.3.4', cpus: 1 };
  const k = replay(traceOf(rows, header),
    { version: 'v7.3', series: [], pageLevel: PageLevel.always(traceOf(rows, header), []) });
  const { pages } = k.state;
  const zp = pages?.zoneOf(pages.slot(DIMM));
  const pcp = zp?.pcp[0];
  if (pages === undefined || zp === undefined || pcp === undefined) throw new Error('no pages');
  pcp.high = 400;
  const drains = k.nr_pcp_free(pcp, zp.zone.pcp.batch, pcp.count, false);
  const trace = traceOf(
    [...rows, ...all.slice(0, drains).map((page) => row('mm_page_pcpu_drain', page))], header);
  const found = new OverflowDrains(trace)
    .explain(k, pages, zp, pages.slot(DIMM), trace.length - drains, 0);
  expect(pcp.count).toBeGreaterThan(140);
  if (isExact) expect(found?.high).toBe(pcp.count);
  else expect(found?.high).not.toBe(pcp.count);
});

/*
 *   a task drains   a page of some zone, then four of the DIMM's, which the model keeps
 *
 * Expect: behind a page of the same zone it goes on giving back what a free was too much for. A
 * page of another zone is of another list, as of a worker that goes from zone to zone.
 */
test.each([['the same zone', true], ['another zone', false]])(
  'drains behind one of %s', (_text, isSame) => {
    const DIMM = 0x100000;
    const own = (event: Row['event'], page: number): Row =>
      ({ ...of(event, 0), pfn: DIMM + 2 * page });
    const all = [...Array(20).keys()];
    const rows: Row[] = [
      { event: 'add_memory', nid: 0, pfn: DIMM, nr_pages: 32768 },
      { event: 'online_movable', pfn: DIMM, nr_pages: 32768 },
      ...all.map((page) => own('mm_page_alloc', page)),
      ...all.map((page) => own('mm_page_free', page)),
    ];
    const header = { kernel: '7.3.4', cpus: 1 };
    const k = replay(traceOf(rows, header),
      { version: 'v7.3', series: [], pageLevel: PageLevel.always(traceOf(rows, header), []) });
    const { pages } = k.state;
    const zp = pages?.zoneOf(pages.slot(DIMM));
    if (pages === undefined || zp === undefined) throw new Error('no pages');
    const first = isSame ? own('mm_page_pcpu_drain', 100) : drain(0);
    const trace = traceOf([...rows, first,
      ...all.slice(0, 4).map((page) => own('mm_page_pcpu_drain', page))], header);
    const found = new OverflowDrains(trace)
      .explain(k, pages, zp, pages.slot(DIMM), trace.length - 4, 0);
    if (isSame) expect(found).toMatchObject({ more: 4, freed: 5 });
    else expect(found).toBeUndefined();
  });

/*
 *   order 9 | 7 pages | 7 pages | 3 pages     of a list that gives back a batch of 7 at a time
 *
 * Expect: the large block is a whole batch, however many pages it has, so that 24 pages were to go;
 * at once they are 529. A list that has no more gives what it has.
 */
test('how many pages a list was to give back, by the blocks that it gave', () => {
  const blocks = [512, ...new Array<number>(17).fill(1)];
  const given = { blocks, pages: 529 };
  const toGive = (batch?: number): number[] => [23, 24, 25, 528, 529, 530]
    .filter((pages) => givesBlocks(given, 900, pages, batch));
  expect(toGive(7)).toEqual([24]);
  expect(toGive()).toEqual([529]);
  expect(givesBlocks(given, 529, 700, 7)).toBe(true);
});
