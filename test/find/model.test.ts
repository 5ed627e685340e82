/** What `npm run find:model` asks of the model, on a few cases. */
import { expect, test } from 'vitest';
import { traceOfCase } from '../../src/find/case.js';
import { randomCase } from '../../src/find/generate/case.js';
import { guideFor } from '../../src/find/guide.js';
import {
  differencesBetween, exploredAlike, shortWay, versionsAlike,
} from '../../src/find/pairs/model_checks.js';
import { loadInvariants } from '../../src/observe/invariant.js';
import { loadProbes } from '../../src/observe/probe.js';
import { baseSeries } from '../../src/patch/series.js';

const instruments = { probes: await loadProbes(), invariants: await loadInvariants() };
const version = 'v6.13.7';

/** Page-level and other cases of one version, each as a trace. */
const traces = Array.from({ length: 24 }, (_, index) => {
  const guide = { ...guideFor({ version, series: [baseSeries] }), pages: 5 };
  return traceOfCase(randomCase(3, index, { guide, steps: 8 }), version);
}).filter((trace) => trace !== undefined);

// Expect: the short way of the page allocator comes to what the kernel's functions come to.
test('the page allocator is one, whoever watches', () => {
  const all = traces.slice(0, 8).map((trace) => shortWay(trace, version, instruments));
  expect(new Set(all.map(({ is }) => is))).toEqual(new Set(['same']));
});

// Expect: each boot reads the one switch of v6.13.7 and v6.13; of the others' many meet nothing.
test('two versions are one where none of their differences is met', () => {
  expect(differencesBetween(version, 'v6.13'))
    .toEqual({ functions: [], switches: ['empty_zone_keeps_nothing_back'] });
  const seen = (pair: readonly [string, string]): ReadonlySet<string> =>
    new Set(traces.slice(0, 8).map((trace) => versionsAlike(trace, pair, instruments).is));
  expect(seen([version, 'v6.13'])).toEqual(new Set(['none']));
  const others = seen(['v6.12.29', 'v6.12.19']);
  expect(others).toContain('same');
  expect(others).not.toContain('differs');
});

// Expect: what explore leaves out leads to no end of its own.
test('explore comes to the same ends with its reductions and without', () => {
  const all = traces.slice(1, 5).map((trace) => exploredAlike(trace, version).is);
  expect(all).toContain('same');
  expect(all).not.toContain('differs');
});
