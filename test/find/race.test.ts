/** Orders of the tasks of a random case, where the call that goes through them moves pages. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { exploreNow, windowFor } from '../../src/explore/explore.js';
import { World } from '../../src/explore/world.js';
import { traceOfCase } from '../../src/find/case.js';
import { randomCase } from '../../src/find/generate/case.js';
import { guideFor } from '../../src/find/guide.js';
import { parseSeries, type Series } from '../../src/patch/series.js';
import { traceOf } from '../../src/trace/build.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';

const version = 'v6.1';

/** A random case of this seed's, as a trace, and the policies that it is for. */
async function caseOf(index: number): Promise<{ trace: Trace; series: readonly Series[] }> {
  const series = await Promise.all(
    ['offline_pcp/drain_each_pass', 'offline_pcp/outer'].map(parseSeries));
  const one = randomCase(1, index, { guide: guideFor({ version, series }), steps: 12 });
  const trace = traceOfCase(one, version);
  if (trace === undefined) throw new Error('the case is no trace');
  return { trace, series };
}

/**
 *     held: commit | free: 2 | free: 27 | contig: 2 | user: alloc | offline, drains each pass
 *
 * Some of 29 pages of the block are given back, others are moved by the offline: which of them it
 * has come to depends on the order. Expect: two calls that moved different pages are not taken for
 * one, so that a schedule comes to one state whenever it is run.
 */
test('which page a call comes to is part of where it stands', { timeout: 60_000 }, async () => {
  const { trace, series } = await caseOf(10);
  const window = windowFor(trace);
  expect(window.tasks.map(({ steps }) => steps[0]?.what))
    .toEqual(['commit', 'free', 'free', 'contig', 'alloc']);
  const { states, endings } = exploreNow(window,
    { id: 'offline_pcp/drain_each_pass', version, series: series[0]?.patches ?? [] },
    { reduced: true, preemptions: 2, limit: 4000 });
  expect(states).toBe(4000);
  expect(endings.map(({ kind }) => kind)).toEqual(['offline']);
});

/**
 *     free-3: frees 0x140010 | user: gets it | free-2: frees it
 *
 * Expect: no order but the recorded one is known; in others free-2 would free what it has not.
 */
test('a page that is freed, given out and freed again is in no order of ours', async () => {
  const { trace } = await caseOf(1315);
  expect(() => windowFor(trace)).toThrow(
    /page 0x140010 is freed here and was freed or given out before while the same memory/);
});

/**
 *     hold 0x140210, free, unhold | hold 0x14022a ... | offline | unhold
 *
 * Expect: what was let go before the window is free by then, and nobody frees it in the window.
 */
test('a free that was let go on before the window is no task of it', async () => {
  const { trace } = await caseOf(83);
  const pfns = windowFor(trace).tasks.flatMap(({ steps }) => steps.flatMap((step) => step.pfns));
  expect(pfns).toContain(0x14022a);
  expect(pfns).not.toContain(0x140210);
});

/** Expect: the window ends where the policy's function would be called, as it does without it. */
test('a policy that changes what comes behind the window can be explored', async () => {
  const { trace } = await caseOf(10);
  const own = fileURLToPath(new URL('mutants/offlined_pages.ts', import.meta.url));
  const { patches } = await parseSeries(own);
  const window = windowFor(trace);
  const { states } = exploreNow(window, { id: own, version, series: patches },
    { reduced: true, preemptions: 2, limit: 300 });
  expect(states).toBe(300);
});

/**
 *     fill-7: frees 0x2481f6 | offline | again: frees 0x2481f6
 *
 * Expect: a page that is free when the window begins is freed by nobody, and the row is told.
 */
test('a page that is free before it is freed is told', async () => {
  const { trace } = await readTrace(`${packageRoot()}traces/offline_pcp-S2-late-commit/trace.csv`);
  const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  const begin = rows.findIndex(({ event }) => event === 'offline');
  const time_ns = rows[begin]?.time_ns ?? 0;
  rows.splice(begin + 1, 0, {
    time_ns, cpu: 7, task: 'again', event: 'mm_page_free', pfn: 0x2481f6, order: 0 });
  const window = windowFor(traceOf(rows, trace.header));
  expect(() => new World(window, version, [])).toThrow(
    'page 0x2481f6 is freed while memory goes offline, and is free before');
});

/**
 *     a DIMM comes, goes online and is given back, which takes it offline | fill ... offline
 *
 * Expect: memory that goes offline before the window is gone when it begins, and ends nothing.
 */
test('a DIMM that was given back before the window is gone', async () => {
  const { trace } = await readTrace(`${packageRoot()}traces/offline_pcp-S2-late-commit/trace.csv`);
  const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  const first = rows.findIndex(({ time_ns }) => time_ns > 0);
  const dimm = { cpu: 0, task: 'admin', nid: 0, pfn: 0x800000, nr_pages: 32768 };
  rows.splice(first, 0,
    { ...dimm, time_ns: 1, event: 'add_memory' }, { ...dimm, time_ns: 2, event: 'online_movable' },
    { ...dimm, time_ns: 3, event: 'remove_memory' });
  const world = new World(windowFor(traceOf(rows, trace.header)), version, []);
  expect(world.k.state.memory_blocks.has(0x800000 / 32768)).toBe(false);
  expect(world.k.state.memory_blocks.has(world.window.start_pfn / 32768)).toBe(true);
});
