/** The numbered scenarios of the per-cpu list race, each under every design that it tells apart. */
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { hangOf } from '../../src/explore/ending.js';
import { windowFor } from '../../src/explore/explore.js';
import { OFFLINER, World } from '../../src/explore/world.js';
import { loadPolicy } from '../../src/patch/catalogue.js';
import type { InputResult } from '../../src/replay/observer.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';

const STRANDED = 'hangs: the test stops at a page on a per-cpu list for ever';
const REUSED = 'hangs: the test stops at an allocated page that cannot be moved for ever';
const OFFLINE = 'goes offline';

async function scenario(name: string): Promise<Trace> {
  return (await readTrace(`${packageRoot()}traces/offline_pcp-${name}/trace.csv`)).trace;
}

async function worldOf(name: string, design: string, version = 'v5.8'): Promise<World> {
  const patch = await loadPolicy(`offline_pcp/${design}`);
  return new World(windowFor(await scenario(name)), version, [patch]);
}

/** Lets the offliner isolate so many pageblocks, with the drain that belongs to the last. */
function isolate(world: World, blocks: number): void {
  while (world.zone.nr_isolate_pageblock < blocks) world.advance(OFFLINER);
  const drains = ['drain_all_pages', 'drain_pages_zone'];
  while (world.k.config.isolate_drains && drains.includes(world.tasks[OFFLINER]?.local.at ?? '')) {
    world.advance(OFFLINER);
  }
}

interface End {
  readonly outcome: string;
  readonly tests: number;
  readonly failed: number;
  readonly drains: number;
  readonly works: number;
}

/** The others to their end, then the offliner to its own, or round its loop a hundred times. */
function finish(world: World): End {
  for (let task = 1; task < world.tasks.length; task += 1) {
    while (world.enabled(task)) world.advance(task);
  }
  const { costs, isolation_tests } = world.k.state;
  while (world.outcome === undefined && isolation_tests.length < 100) world.advance(OFFLINER);
  return {
    outcome: world.outcome ?? hangOf(world), tests: isolation_tests.length,
    failed: isolation_tests.filter((one) => one.fin_pfn < one.end_pfn).length,
    drains: costs.drains, works: costs.drain_work_items,
  };
}

describe('S1: nobody frees', () => {
  test.each([
    ['loop', 65], ['iso', 64], ['iso_redrain', 64], ['outer', 1], ['read_in_lock', 1],
    ['rfc', 1], ['count', 1], ['disable', 1],
  ] as const)('%s drains %i times, each CPU once', async (design, drains) => {
    const end = finish(await worldOf('S1-quiet', design));
    expect(end).toEqual({ outcome: OFFLINE, tests: 1, failed: 0, drains, works: 8 });
  });

  test('from v6.0 on no CPU is made to work', async () => {
    const end = finish(await worldOf('S1-quiet', 'disable', 'v6.1'));
    expect(end).toEqual({ outcome: OFFLINE, tests: 1, failed: 0, drains: 1, works: 0 });
  });
});

describe('S2: a free goes on after the last drain of the isolation', () => {
  test.each([
    ['loop', OFFLINE, 65, 0], ['iso', STRANDED, 64, 100], ['iso_redrain', OFFLINE, 65, 1],
    ['outer', OFFLINE, 1, 0], ['read_in_lock', OFFLINE, 1, 0], ['disable', OFFLINE, 1, 0],
    ['flag', OFFLINE, 1, 0], ['rfc', OFFLINE, 1, 0], ['count', OFFLINE, 1, 0],
  ] as const)('%s: %s after %i drains', async (design, outcome, drains, failed) => {
    const world = await worldOf('S2-late-commit', design);
    isolate(world, 64);
    const end = finish(world);
    expect(end).toMatchObject({ outcome, drains, failed });
    const stops = world.k.state.isolation_tests.map((one) => one.fin_pfn).slice(0, failed);
    expect(new Set(stops)).toEqual(new Set(failed === 0 ? [] : [0x247e10]));
  });

  test.each([['drain_once', STRANDED], ['redrain', OFFLINE], ['disable', OFFLINE]] as const)(
    '%s on v6.1: %s', async (design, outcome) => {
      const world = await worldOf('S2-late-commit', design, 'v6.1');
      while (world.k.state.isolation_tests.length < 1) world.advance(OFFLINER);
      expect(finish(world).outcome).toBe(outcome);
    });
});

describe('S3: a free goes on while later pageblocks are still to be isolated', () => {
  test.each([
    ['loop', 65], ['iso', 64], ['iso_redrain', 64], ['outer', 1], ['read_in_lock', 1],
    ['disable', 1],
  ] as const)('%s needs no more than when nobody frees', async (design, drains) => {
    const world = await worldOf('S3-middle-block', design);
    isolate(world, 11);
    expect(finish(world)).toMatchObject({ outcome: OFFLINE, tests: 1, failed: 0, drains });
  });
});

describe('S5: the second chunk of a list goes on after the last drain', () => {
  test.each([
    ['iso', STRANDED, 64, 100], ['iso_redrain', OFFLINE, 65, 1], ['read_in_lock', OFFLINE, 1, 0],
    ['disable', OFFLINE, 1, 0],
  ] as const)('%s: %s', async (design, outcome, drains, failed) => {
    const world = await worldOf('S5-list-in-chunks', design);
    isolate(world, 64);
    expect(finish(world)).toMatchObject({ outcome, drains, failed });
    if (failed > 0) expect(world.k.state.isolation_tests[0]?.fin_pfn).toBe(0x247e20);
  });
});

describe('S6: a late page is handed out again for something that cannot be moved', () => {
  test.each([
    ['iso', REUSED], ['iso_redrain', REUSED], ['outer', REUSED], ['loop', REUSED],
    ['read_in_lock', OFFLINE], ['disable', OFFLINE],
  ] as const)('%s: %s', async (design, outcome) => {
    const world = await worldOf('S6-reused-unmovable', design);
    while (world.tasks[OFFLINER]?.local.at !== 'cond_resched') world.advance(OFFLINER);
    expect(finish(world).outcome).toBe(outcome);
  });
});

describe('S7: other frees on the same CPU', () => {
  async function offlined(design: string): Promise<{
    readonly trace: Trace; readonly at: number[]; readonly drains: number[];
  }> {
    const trace = await scenario('S7-rescued-by-traffic');
    const series = [await loadPolicy(`offline_pcp/${design}`)];
    const pageLevel = PageLevel.always(trace, series);
    const at: number[] = [];
    let row = 0;
    replay(trace, {
      version: 'v5.8', series, pageLevel,
      observers: [{
        beforeRow: (now) => {
          row = now;
        },
        result: (one: InputResult) => {
          if (trace.event(one.row) === 'offline' && one.ret === 0) at.push(row);
        },
      }],
    });
    const page = pageLevel.drains.filter(({ pfn }) => pfn === 0x247e10);
    return { trace, at, drains: page.map((drain) => drain.row) };
  }

  test('the 340th of them lets the stranded page out', async () => {
    const { trace, at, drains } = await offlined('iso');
    expect(at.length).toBe(1);
    expect(drains).toEqual([trace.length - 1]);
    const frees = [...Array(trace.length).keys()].filter((row) =>
      trace.event(row) === 'mm_page_free' && trace.time_ns(row) >= 5e9);
    expect(frees.length).toBe(340);
  });

  test('a design that drains again needs none', async () => {
    const { trace, at } = await offlined('iso_redrain');
    expect(trace.event(at[0] ?? 0)).toBe('unhold');
  });
});
