import { describe, expect, it } from 'vitest';
import { spansOf } from '../../src/trace/kernel_text/recording/inserted_rows.js';
import { TimeIndex } from '../../src/trace/kernel_text/recording/time_index.js';
import { logClock } from '../../src/trace/kernel_text/log/log_merge.js';
import { readDmesg } from '../../src/trace/kernel_text/log/dmesg.js';

describe('what has a time', () => {
  // a 5, b 3, c 5, d 9
  const index = new TimeIndex(['a', 'b', 'c', 'd'], [5, 3, 5, 9]);

  it.each([
    [3, 6, ['a', 'b', 'c']], [4, 9, ['a', 'c']], [9, Infinity, ['d']], [10, 20, []], [5, 5, []],
  ] as const)('is found from %i to %i', (from, to, items) => {
    // Expect: the end is not part of it; the order is that in which they were given.
    expect(index.between(from, to)).toEqual(items);
  });

  it('has a next time', () => {
    expect([2, 3, 4, 5, 9].map((time) => index.next(time))).toEqual([3, 5, 5, 9, Infinity]);
  });

  it('may be many steps of one time, or of their own', () => {
    // 200,000 steps, every second one at the time of the one before: 0 0 10 10 20 20 ...
    const begun = new Map(Array.from({ length: 200_000 }, (_, step) => [step, (step >> 1) * 10]));
    const span = spansOf(begun);
    const spans = [...begun.keys()].map((step) => span({ step, action: 'sh' }));
    // Expect: each ends where a later time begins, the last two never.
    expect(spans.slice(0, 3)).toEqual([[0, 10], [0, 10], [10, 20]]);
    expect(spans.slice(-2)).toEqual([[999_990, Infinity], [999_990, Infinity]]);
    expect(span({ step: -1, action: 'sh' })).toBeUndefined();
  });
});

it('a log and a trace may have any number of zonelist builds', () => {
  const builds = Array.from({ length: 150_000 }, (_, at) => at * 1000);
  const rows = [0, ...builds].map((time_ns) =>
    ({ line: 1, row: { time_ns: time_ns + 1e9, event: 'printk', args: 'Built 1 zonelists' } }));
  const log = { ...readDmesg(''), rows } as ReturnType<typeof readDmesg>;
  // Expect: one second, by which the log is ahead, however many pairs say so.
  expect(logClock(log, builds, true)(3e9)).toBe(2e9);
});
