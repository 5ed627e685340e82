/**
 * The simulation of many cores and machines, on batches small enough to be counted by hand.
 *
 *   traces 4 3 2 1, two workers:   4 . 1     Expect: both are done after 5 seconds.
 *                                  3 . 2
 */
import { expect, test } from 'vitest';
import { makespan, onCores, onMachines, scalingLines } from '../../src/bench/scaling.js';

const costs = { traces: [1, 2, 3, 4], start: 0.5, report: 0.25 };

test.each([[1, 10], [2, 5], [3, 4], [4, 4], [64, 4]])(
  '%i workers take the longest that is left: %i s', (workers, seconds) => {
    expect(makespan(costs.traces, workers)).toBe(seconds);
  });

test('a machine starts twice (itself and its workers) and reports trace by trace', () => {
  expect(onCores(costs, 2)).toBe(5 + 2 * 0.5 + 4 * 0.25);
});

/** Shard 1 has 1 and 3, shard 2 has 2 and 4: on two cores each 3 and 4 s. */
test('machines wait for the slowest shard, then one of them joins all', () => {
  expect(onMachines(costs, 2)).toBe((4 + 2 * 0.5 + 2 * 0.25) + 0.5 + 4 * 0.25);
});

test('no more cores than traces help, and the longest trace is the end of it', () => {
  const lines = [...scalingLines(costs)];
  expect(lines[0]).toContain('12 s on one core');
  expect(lines.filter((line) => / (4|8|16|32|64) cores /.test(line))
    .map((line) => line.trim().split(/\s+/)[2])).toEqual(['6', '6', '6', '6', '6']);
});
