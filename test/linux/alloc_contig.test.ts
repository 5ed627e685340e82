import { describe, expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import { raceSetup } from '../../src/explore/race.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../../src/linux/include/migratetype.js';
import { ZONE_MOVABLE } from '../../src/linux/include/mmzone.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from '../../src/trace/build.js';
import type { TraceRow } from '../../src/trace/trace.js';

const start = 0x270000;
const nr_pages = 1024;
const take: TraceRow = {
  time_ns: 3e9, cpu: 1, task: 'cma', event: 'alloc_contig_pages', pfn: start, nr_pages,
};

interface Result {
  readonly k: Kernel;
  readonly rets: readonly (number | undefined)[];
}

function run(version: string, rows: readonly TraceRow[]): Result {
  const trace = traceOf([...raceSetup(2, () => undefined), ...rows], {
    kernel: `${version.slice(1)}.0`, cpus: 2,
  });
  const rets: (number | undefined)[] = [];
  const k = replay(trace, {
    version, series: [], pageLevel: PageLevel.always(trace, []),
    observers: [{
      result: ({ row, ret }) => {
        if (trace.event(row) === 'alloc_contig_pages') rets.push(ret);
      },
    }],
  });
  return { k, rets };
}

const free = (k: Kernel): number => at(at(k.state.nodes, 0).node_zones, ZONE_MOVABLE).nr_free_pages;

/** To the end, whoever else would have run meanwhile. */
function finish(steps: Generator<unknown, number>): number {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value as number;
  }
}

/**
 *     0x270000      0x270200      0x270400
 *     |- isolated by another -|-- free --|      both are asked for
 *
 * Expect: it is refused. Up to v5.18 nothing else happens; from v5.19 on the other's pageblock is
 * isolated no more.
 */
test.each([['v5.8', true], ['v5.17', true], ['v6.1', false], ['v6.12', false]] as const)(
  'on %s the pageblock of another who isolates stays isolated: %s', (version, stays) => {
    const { k } = run(version, []);
    finish(k.start_isolate_page_range(start, start + 512, 'Movable'));
    expect(finish(k.alloc_contig_range(start, start + nr_pages, 'Movable'))).toBe(-16);
    expect(k.state.pageblocks.having(MIGRATE_ISOLATE, () => true)).toEqual(stays ? [start] : []);
  });

describe('alloc_contig_range()', () => {
  test.each([
    // Once for each pageblock, and once more before the test.
    ['v4.13', 3], ['v5.8', 2], ['v5.10', 2], ['v5.14', 1], ['v6.1', 1], ['v6.12', 1],
  ] as const)('on %s drains %i times for two pageblocks', (version, drains) => {
    const { k, rets } = run(version, [take]);
    expect(rets).toEqual([0]);
    expect(k.state.costs.drains).toBe(drains);
  });

  // Expect: who was refused has no pages to give back, whatever a row says that another run wrote.
  test('what was not got is not freed', () => {
    const page: TraceRow = { time_ns: 2e9, cpu: 1, task: 'slab', event: 'mm_page_alloc',
      pfn: start + 5, order: 0, migratetype: 0, args: 'gfp_flags=GFP_KERNEL' };
    const { k, rets } = run('v6.12', [page, take, { ...take, time_ns: 4e9,
      event: 'free_contig_range' }]);
    expect(rets).toEqual([-16]);
    expect(k.state.pages?.whereIs(start + 5)).toBe('allocated');
  });

  test('the pages are its caller\'s, until they are freed one by one', () => {
    const taken = run('v6.12', [take]);
    const { pages } = taken.k.state;
    expect(pages?.whereIs(start + 1023)).toBe('allocated');
    expect(taken.k.state.withheld).toEqual([]);
    const given = run('v6.12', [
      take, { time_ns: 4e9, cpu: 1, task: 'cma', event: 'free_contig_range', pfn: start, nr_pages },
    ]);
    expect(pages?.zones.map((zp) => zp.imbalance())).toEqual(pages?.zones.map(() => 0));
    const lists = given.k.state.pages?.zones.flatMap((zp) => zp.pcp.map((pcp) => pcp.count)) ?? [];
    const before = taken.k.state.pages?.zones.flatMap((zp) => zp.pcp.map((pcp) => pcp.count)) ?? [];
    const onLists = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
    expect(free(given.k) + onLists(lists)).toBe(free(taken.k) + onLists(before) + nr_pages);
  });

  // Expect: who frees them twice frees nothing, on the lists of a CPU or of the zone.
  test.each(['v6.12', 'v7.3'])('%s: freed twice they are free once', (version) => {
    const give = (time_ns: number): TraceRow => (
      { time_ns, cpu: 1, task: 'cma', event: 'free_contig_range', pfn: start, nr_pages });
    const all = ({ k }: ReturnType<typeof run>): number => free(k) +
      (k.state.pages?.zones ?? []).reduce((sum, { nr_pcp }) => sum + nr_pcp, 0);
    const twice = run(version, [take, give(4e9), give(5e9)]);
    expect(all(twice)).toBe(all(run(version, [take, give(4e9)])));
    for (const zp of twice.k.state.pages?.zones ?? []) expect(zp.imbalance()).toBe(0);
  });

  test('a page that nobody can move is in the way', () => {
    const { rets } = run('v6.12', [{
      time_ns: 2.5e9, cpu: 1, task: 'pin', event: 'mm_page_alloc', pfn: start + 5, order: 0,
      migratetype: 0, args: 'gfp_flags=GFP_KERNEL',
    }, take]);
    expect(rets).toEqual([-16]);
  });
});

/*
 *  0x270000            0x270200
 *  |-- free --|- 64 taken -|-- free --|      all of one pageblock, which is isolated meanwhile
 *
 * Expect: only these 64 are taken, those around them are free, and the kernel warns of nothing.
 */
test.each(['v5.8', 'v5.18', 'v6.1', 'v7.3'])('%s: a part of a pageblock is taken', (version) => {
  const pfn = start + 128;
  const { k, rets } = run(version, [{ ...take, pfn, nr_pages: 64 }]);
  expect(rets).toEqual([0]);
  expect(k.state.faults).toEqual([]);
  expect([pfn - 1, pfn, pfn + 63, pfn + 64].map((one) => k.state.pages?.whereIs(one)))
    .toEqual(['free', 'allocated', 'allocated', 'free']);
  for (const zp of k.state.pages?.zones ?? []) expect(zp.imbalance()).toBe(0);
  expect(k.state.pageblocks.having(MIGRATE_ISOLATE, () => true)).toEqual([]);
});

/*
 *  0x270000   0x270200   0x270400
 *  |-------- one free block ------|
 *  |-- taken -|                       or the other half of it
 */
describe('half of the largest free block', () => {
  const versions = ['v4.15', 'v5.10', 'v5.18', 'v5.19', 'v6.1', 'v6.9', 'v6.12', 'v7.3'];

  // Expect: on every version 512 pages are taken, the other half is free, and nothing isolated.
  test.each(versions.flatMap((version) => [[version, start], [version, start + 512]] as const))(
    '%s: taken from pfn %i, the other half stays free', (version, pfn) => {
      // A drain brings pages of the lists.
      const left = (k: Kernel): number => free(k) +
        (k.state.pages?.zones ?? []).reduce((sum, { nr_pcp }) => sum + nr_pcp, 0);
      const before = left(run(version, []).k);
      const { k, rets } = run(version, [{ ...take, pfn, nr_pages: 512 }]);
      expect(rets).toEqual([0]);
      expect(left(k)).toBe(before - 512);
      for (const zp of k.state.pages?.zones ?? []) expect(zp.imbalance()).toBe(0);
      const other = pfn === start ? start + 512 : start;
      expect(k.state.pages?.whereIs(other)).toBe('free');
      expect(k.state.pages?.whereIs(pfn)).toBe('allocated');
      for (const half of [start, start + 512]) {
        expect(k.get_pageblock_migratetype(half)).not.toBe(MIGRATE_ISOLATE);
      }
      expect(at(at(k.state.nodes, 0).node_zones, ZONE_MOVABLE).nr_isolated_pages).toBe(0);
    });
});
