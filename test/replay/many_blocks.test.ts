import { expect, it } from 'vitest';
import { Counts } from '../../src/linux/base/counts.js';
import { ChangedFrom } from '../../src/linux/base/changed_from.js';
import { Memmap } from '../../src/linux/include/memmap.js';
import { ObservationLog } from '../../src/observe/observation.js';
import { withRuns } from '../../src/replay/assumed.js';
import { observedRun } from '../../src/replay/observed_run.js';
import { traceOf } from './rig.js';

/*
 *   change   1    2    3    4
 *   place   10    5   20    7      since(1): 5, since(2): 7, since(4): nothing
 *
 * Expect: the lowest place of all later changes, as if each of them had been kept.
 */
it('says from which place on something changed since a moment', () => {
  const changed = new ChangedFrom();
  const places = [10, 5, 20, 7, 7, 30, 31, 4];
  for (const place of places) changed.note(place);
  const naive = places.map((_, moment) => Math.min(...places.slice(moment)));
  expect(places.map((_, moment) => changed.since(moment))).toEqual(naive);
  expect(changed.since(places.length)).toBe(Infinity);
});

// Expect: a memmap says so of its pages, whether something was set there or taken away.
it('keeps the place of each change of the memmap', () => {
  const memmap = new Memmap();
  memmap.set(0, 64, { kind: 'zero' });
  memmap.set(32, 64, undefined);
  expect([memmap.changed.since(0), memmap.changed.since(1), memmap.changes]).toEqual([0, 32, 2]);
});

// Expect: the sum is that of the values after any order of set, delete and clear.
it('sums counts as they change', () => {
  const counts = new Counts();
  for (const [key, count] of [[1, 4], [2, 8], [1, 6], [3, 1]] as const) counts.set(key, count);
  counts.delete(2);
  counts.delete(9);
  expect(counts.sum).toBe([...counts.values()].reduce((sum, count) => sum + count, 0));
  counts.clear();
  expect(counts.sum).toBe(0);
});

/*
 *   base    -1 a=1   3 b=2 c=3   5 b=4
 *   other   -1 a=1   3 c=3       5 b=5
 *
 * Expect: what both saw at a row is one object, and the digests are what they are alone.
 */
it('keeps once what two runs saw alike', () => {
  const rows = [[-1, 'a', 1], [3, 'c', 3], [5, 'b', 5]] as const;
  const base = new ObservationLog();
  base.see(-1, 'state', 'a', 1);
  base.see(3, 'state', 'b', 2);
  base.see(3, 'state', 'c', 3);
  base.see(5, 'state', 'b', 4);
  const [alone, beside] = [new ObservationLog(), new ObservationLog(base.list)];
  for (const [row, subject, value] of rows) {
    alone.see(row, 'state', subject, value);
    beside.see(row, 'state', subject, value);
  }
  expect(beside.list).toEqual(alone.list);
  expect(beside.digest()).toBe(alone.digest());
  expect(beside.list.map((one) => base.list.includes(one))).toEqual([true, true, false]);
});

/*
 *   64 GiB         64 GiB + N * 128 MiB
 *   |-- N DIMMs of a block each --|      N = 16: looked at after each; N = 1600: 2.56 million looks
 *
 * Expect: who has so many blocks that not all are looked at after each call is told so.
 */
it('says that not all blocks were looked at after each call', () => {
  const runOf = (count: number) => {
    const trace = traceOf([
      { event: 'e820', args: 'start=0x100000 end=0x1000000000 type=usable' },
      ...Array.from({ length: count }, (_, block) => ({
        event: 'add_memory', nid: 0, pfn: 0x1000000 + block * 32768, nr_pages: 32768 } as const)),
    ]);
    return { trace, run: observedRun(trace, {
      name: 'base', version: 'v6.1', series: [], watched: [],
      instruments: { probes: [], invariants: [] } }) };
  };
  const [few, many] = [runOf(16), runOf(1600)];
  expect(few.run.every).toBeUndefined();
  expect(many.run.every).toBe(2);
  expect(withRuns({}, few.trace, [few.run])).toEqual({});
  expect(withRuns({}, many.trace, [many.run]).assumed)
    .toEqual([expect.stringContaining('one after every 2 calls')]);
});
