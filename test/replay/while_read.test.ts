/** A snapshot that pages come and go under while it is read. */
import { expect, test } from 'vitest';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const DIMM = 0x100000;
const page = (event: Row['event'], nr: number, cpu = 0, task = 'sh-7'): Row => ({
  event, cpu, task, pfn: DIMM + 2 * nr, order: 0,
  ...(event === 'mm_page_free' ? {} : { migratetype: 1 }),
});
const before: readonly Row[] = [
  { event: 'add_memory', nid: 0, pfn: DIMM, nr_pages: 32768 },
  { event: 'online_movable', pfn: DIMM, nr_pages: 32768 },
  ...[0, 1, 2].map((nr) => page('mm_page_alloc', nr)),
  page('mm_page_alloc', 9, 1, 'cat-8'),
  ...[0, 1, 2].map((nr) => page('mm_page_free', nr)),
];
const shows: Row = { event: 'function_call', cpu: 1, task: 'cat-8', args: 'fn=zoneinfo_show' };
const goesOn = page('mm_page_free', 9, 1, 'cat-8');
const taken = [2, 1].map((nr) => page('mm_page_alloc', nr));

/** Pages on CPU 0's list, recorded and modelled, when so many fewer were printed than there are. */
function lists(fewer: number, after: readonly Row[]): readonly (number | undefined)[] {
  const snapshot = (count: number): readonly Row[] => [shows, {
    event: 'nr_free_pages', nid: 0, zone: 'Movable', nr_pages: 32000,
    args: `pcp=${count}/0 stat_threshold=8 allocations=4 traced=1`,
  }];
  const last = (rows: readonly Row[]) => {
    const trace = traceOf(rows, { kernel: '7.3.4', cpus: 2 });
    const level = PageLevel.always(trace, []);
    replay(trace, { version: 'v7.3', series: [], pageLevel: level });
    return level.differences.at(-1)?.lists;
  };
  const count = last([...before, ...snapshot(0)])?.model[0] ?? NaN;
  const { recorded, model } = last([...before, ...snapshot(count - fewer), ...after]) ??
    { recorded: [], model: [] };
  return [(recorded[0] ?? NaN) - count, (model[0] ?? NaN) - count];
}

/*
 *   CPU 1   zoneinfo_show() ............................ reader goes on
 *   CPU 0        |          alloc   alloc                     |
 *   list of CPU 0:   n        n-1     n-2
 *
 * Expect: what is printed as n, n-1 or n-2 is what the model has, n, at some time of the reading;
 * n-3 is not, nor is n-2 when the reader went on before the allocations.
 */
test('pages on a list that change while a snapshot is read', () => {
  const within = [...taken, goesOn];
  expect(lists(0, within)).toEqual([0, 0]);
  expect(lists(2, within)).toEqual([0, 0]);
  expect(lists(3, within)).toEqual([-3, 0]);
  expect(lists(2, [goesOn, ...taken])).toEqual([-2, 0]);
});
