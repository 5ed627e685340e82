import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { printedMigratetype } from '../../src/linux/include/migratetype.js';
import { loadPolicy } from '../../src/patch/catalogue.js';
import type { InputResult } from '../../src/replay/observer.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';

interface Run {
  readonly k: Kernel;
  readonly level: PageLevel;
  readonly results: readonly InputResult[];
}

async function recording(name: string): Promise<Trace> {
  return (await readTrace(`${packageRoot()}traces/recordings/${name}`)).trace;
}

async function run(trace: Trace, policy?: string): Promise<Run> {
  const series = policy === undefined ? [] : [await loadPolicy(policy)];
  const level = PageLevel.always(trace, series);
  const results: InputResult[] = [];
  const k = replay(trace, {
    version: versionOfHeader(trace.header), series, pageLevel: level,
    observers: [{ result: (one) => results.push(one) }],
  });
  return { k, level, results };
}

/** `pfn migratetype` of every recorded drain at or above this pfn, in order. */
function recordedDrains(trace: Trace, from: number): string[] {
  const drains: string[] = [];
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) !== 'mm_page_pcpu_drain' || trace.pfn(row) < from) continue;
    drains.push(`${trace.pfn(row)} ${trace.migratetype(row)}`);
  }
  return drains;
}

function modelDrains({ level, k }: Run, from: number): string[] {
  return level.drains.filter(({ pfn }) => pfn >= from).map(
    ({ pfn, migratetype }) => `${pfn} ${printedMigratetype(migratetype, k.machine.kconfig)}`);
}

function tests(trace: Trace): number[] {
  const results: number[] = [];
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) === 'test_pages_isolated') results.push(trace.ret(row));
  }
  return results;
}

/** The first pfn of the hot-added memory of these recordings. */
const DIMM = 0x100000;

describe.each([
  ['pcp-race-drain-once', 'offline_pcp/drain_once'],
  ['pcp-race-redrain', 'offline_pcp/redrain'],
  ['pcp-race-disable', 'offline_pcp/disable'],
] as const)('%s under %s', (name, policy) => {
  test('drains the same pages in the same order by the same migratetype', async () => {
    const trace = await recording(name);
    const done = await run(trace, policy);
    const expected = recordedDrains(trace, DIMM);
    expect(expected.length).toBeGreaterThan(5);
    expect(modelDrains(done, DIMM)).toEqual(expected);
  });

  test('tests the range as often, with the same results', async () => {
    const trace = await recording(name);
    const { k } = await run(trace, policy);
    const results = k.state.isolation_tests.map((one) => (one.fin_pfn < one.end_pfn ? -16 : 0));
    expect(results).toEqual(tests(trace));
  });

  test('no page is ever in two places or in none', async () => {
    const { level } = await run(await recording(name), policy);
    expect(level.worstImbalance).toEqual({ pages: 0, row: -1 });
  });
});

test('the recorded kernel that drains once spins, and the cycle is named', async () => {
  const { k } = await run(await recording('pcp-race-drain-once'), 'offline_pcp/drain_once');
  expect(k.state.faults.map(({ kind, fn }) => `${kind} ${fn}`)).toEqual(['hang offline_pages']);
  expect(k.state.faults[0]?.text).toContain('page 0x100000 (on the per-cpu list of CPU 1)');
});

test('the same inputs under another policy end otherwise', async () => {
  const trace = await recording('pcp-race-drain-once');
  for (const policy of ['redrain', 'disable', 'outer', 'read_in_lock', 'flag']) {
    const { k, results } = await run(trace, `offline_pcp/${policy}`);
    expect(k.state.faults, policy).toEqual([]);
    expect(results.at(-1)?.ret, policy).toBe(0);
  }
});

/** What is known of pages that were there before the recording. */
const ofTheBoot: readonly string[] =
  ['first_snapshot', 'list_of_boot', 'page_from_before', 'pageblock_claimed'];

describe('offline-under-load', () => {
  test('every allocation finds its page where the model has it', async () => {
    const { level } = await run(await recording('offline-under-load'));
    expect(level.counts).toMatchObject({
      events: 266253, allocs: 96581,
    });
    const corrections = [...level.corrections.counts.keys()];
    expect(corrections.filter((cause) => !ofTheBoot.includes(cause))).toEqual([]);
    expect(level.counts.allocsFromList).toBeGreaterThan(90000);
    expect(level.worstImbalance.pages).toBe(0);
  });

  test('what overflows a per-cpu list is what the kernel drained', async () => {
    const trace = await recording('offline-under-load');
    const done = await run(trace);
    expect(done.level.counts.modelDrains).toBe(done.level.counts.recordedDrains);
    expect(new Set(modelDrains(done, DIMM))).toEqual(new Set(recordedDrains(trace, DIMM)));
  });

  test('a signal ends the first call, migration begins at the recorded page', async () => {
    const trace = await recording('offline-under-load');
    const seen: number[] = [];
    const results: InputResult[] = [];
    replay(trace, {
      version: 'v6.1', series: [], observers: [{
        functions: new Set(['do_migrate_range']),
        enter: (_fn, [start]) => seen.push(start as number),
        result: (one) => results.push(one),
      }],
    });
    const offlines = results.filter(({ row }) => trace.event(row) === 'offline');
    expect(offlines.map(({ ret }) => ret)).toEqual([-4, 0, 0]);
    expect(seen).toEqual([0x100001, 0x108000]);
  });

  test('free pages at the end agree up to what the snapshot itself takes', async () => {
    const { level } = await run(await recording('offline-under-load'));
    for (const { recorded, model } of level.differences) {
      expect(Math.abs(recorded - model)).toBeLessThan(200);
    }
    expect(level.differences.length).toBe(5);
  });
});

describe('remote-lists-6.12: lists that vmstat drains, snapshots under tracing', () => {
  test('vmstat says how many pages go, the model which', async () => {
    const trace = await recording('remote-lists-6.12');
    const done = await run(trace);
    expect(done.level.corrections.of('drain_unexplained')).toBeGreaterThan(100);
    const expected = recordedDrains(trace, DIMM);
    expect(new Set(modelDrains(done, DIMM))).toEqual(new Set(expected));
    expect(modelDrains(done, DIMM).length).toBe(expected.length);
  });

  test('every free page is accounted for up to what CPUs keep back of the counter', async () => {
    const { level } = await run(await recording('remote-lists-6.12'));
    for (const { parts, seamless, listsUnexplained } of level.differences) {
      expect(seamless).toBe(true);
      expect(listsUnexplained).toBe(0);
      for (const { cause, pages, most } of parts) {
        expect(cause).toBe('counter');
        expect(Math.abs(pages)).toBeLessThanOrEqual(most ?? 0);
      }
    }
    expect(level.differences.length).toBe(6);
  });
});

test('where tracing was off for a snapshot the difference is split by name', async () => {
  const { level } = await run(await recording('offline-under-load'));
  const movable = level.differences.at(-1);
  expect(movable?.seamless).toBe(false);
  expect(movable?.allocations).toEqual({ counted: 65556, traced: 65533 });
  expect(movable?.parts).toEqual([
    { cause: 'lists', pages: -2 }, { cause: 'in_use', pages: -19 },
  ]);
});
