/** Orders of the tasks of a random case, where the call that goes through them moves pages. */
import { expect, test } from 'vitest';
import { exploreNow, windowFor } from '../../src/explore/explore.js';
import { traceOfCase } from '../../src/find/case.js';
import { randomCase } from '../../src/find/generate/case.js';
import { guideFor } from '../../src/find/guide.js';
import { parseSeries } from '../../src/patch/series.js';

const version = 'v6.1';

/**
 *     held: commit | free: 2 | free: 27 | contig: 2 | user: alloc | offline, drains each pass
 *
 * Some of 29 pages of the block are given back, others are moved by the offline: which of them it
 * has come to depends on the order. Expect: two calls that moved different pages are not taken for
 * one, so that a schedule comes to one state whenever it is run.
 */
test('which page a call comes to is part of where it stands', { timeout: 60_000 }, async () => {
  const series = await Promise.all(
    ['offline_pcp/drain_each_pass', 'offline_pcp/outer'].map(parseSeries));
  const one = randomCase(1, 10, { guide: guideFor({ version, series }), steps: 12 });
  const trace = traceOfCase(one, version);
  if (trace === undefined) throw new Error('the case is no trace');
  const window = windowFor(trace);
  expect(window.tasks.map(({ steps }) => steps[0]?.what))
    .toEqual(['commit', 'free', 'free', 'contig', 'alloc']);
  const { states, endings } = exploreNow(window,
    { id: 'offline_pcp/drain_each_pass', version, series: series[0]?.patches ?? [] },
    { reduced: true, preemptions: 2, limit: 4000 });
  expect(states).toBe(4000);
  expect(endings.map(({ kind }) => kind)).toEqual(['offline']);
});
