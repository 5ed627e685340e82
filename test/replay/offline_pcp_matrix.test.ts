/**
 * The numbered scenarios of the per-cpu list race, each replayed as its trace says, under every
 * design: who hangs, and what it takes the others. The rows are scenario folders.
 */
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { loadPolicy } from '../../src/patch/catalogue.js';
import type { InputResult } from '../../src/replay/observer.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOf } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';

/** The call whose end the scenario asks for, and how it ends under each design. */
interface Row {
  readonly folder: string;
  readonly event: string;
  /**
   * `hangs`, an errno, or `ok`; of an offline the failed tests and the drains follow, of a call
   * that had to wait the lock.
   */
  readonly cells: Readonly<Record<string, string>>;
}

const matrix: readonly Row[] = [
  {
    folder: 'S1-quiet', event: 'offline',
    cells: {
      loop: 'ok 0/65', iso: 'ok 0/64', iso_redrain: 'ok 0/64', outer: 'ok 0/1',
      read_in_lock: 'ok 0/1', read_in_lock_mask: 'ok 0/1', flag: 'ok 0/1', static: 'ok 0/1',
      rfc: 'ok 0/1', count: 'ok 0/1', disable: 'ok 0/1', remote: 'ok 0/1', freetype: 'ok 0/1',
      nolock: 'ok 0/1', drain_once: 'ok 0/1', redrain: 'ok 0/1', drain_each_pass: 'ok 0/1',
    },
  },
  {
    folder: 'S2-late-commit', event: 'offline',
    cells: {
      loop: 'ok 0/65', iso: 'hangs', iso_redrain: 'ok 1/65', outer: 'ok 0/1',
      read_in_lock: 'ok 0/1', read_in_lock_mask: 'ok 0/1', flag: 'ok 0/1', static: 'ok 0/1',
      rfc: 'ok 0/1', count: 'ok 0/1', disable: 'ok 0/1', remote: 'ok 0/1', freetype: 'ok 0/1',
      nolock: 'ok 0/1', drain_once: 'ok 0/1', redrain: 'ok 0/1', drain_each_pass: 'ok 0/1',
    },
  },
  {
    folder: 'S3-middle-block', event: 'offline',
    cells: {
      loop: 'ok 0/65', iso: 'ok 0/64', iso_redrain: 'ok 0/64', outer: 'ok 0/1',
      read_in_lock: 'ok 0/1', disable: 'ok 0/1', freetype: 'ok 0/1', nolock: 'ok 0/1',
    },
  },
  {
    folder: 'S4-refill-not-counted', event: 'offline',
    cells: {
      loop: 'ok 1/68', iso: 'hangs', iso_redrain: 'ok 2/66', outer: 'ok 2/3',
      read_in_lock: 'ok 0/1 pcp_lock', read_in_lock_mask: 'hangs', flag: 'ok 0/1 pcp_lock',
      rfc: 'ok 0/1 pcp_lock', count: 'ok 0/1 pcp_lock', disable: 'ok 0/1 pcp_lock',
      remote: 'hangs', freetype: 'hangs', nolock: 'ok 0/1 pcp_lock',
      drain_once: 'hangs',
    },
  },
  {
    folder: 'S4-free-not-counted', event: 'offline',
    cells: {
      loop: 'ok 1/66', iso: 'hangs', iso_redrain: 'ok 2/66', outer: 'ok 2/3',
      read_in_lock: 'ok 0/1 pcp_lock', read_in_lock_mask: 'hangs', flag: 'ok 0/1 pcp_lock',
      rfc: 'ok 0/1 pcp_lock', count: 'ok 0/1 pcp_lock', disable: 'ok 0/1 pcp_lock',
      remote: 'ok 1/1', freetype: 'ok 1/1', nolock: 'ok 0/1 pcp_lock',
      drain_once: 'hangs',
    },
  },
  {
    folder: 'S5-list-in-chunks', event: 'offline',
    cells: {
      loop: 'ok 0/65', iso: 'hangs', iso_redrain: 'ok 1/65', outer: 'ok 0/1',
      read_in_lock: 'ok 0/1', disable: 'ok 0/1', freetype: 'ok 0/1', nolock: 'ok 0/1',
    },
  },
  {
    folder: 'S6-reused-unmovable', event: 'offline',
    cells: {
      loop: 'hangs', iso: 'hangs', iso_redrain: 'hangs', outer: 'hangs', read_in_lock: 'ok 0/1',
      flag: 'ok 0/1', rfc: 'ok 0/1', disable: 'ok 0/1', freetype: 'ok 0/1', nolock: 'ok 0/1',
    },
  },
  {
    folder: 'S8-signal', event: 'offline',
    cells: {
      iso: '-4 3/64', drain_once: '-4 3/1', iso_redrain: 'ok 2/66', disable: 'ok 1/1',
    },
  },
  {
    folder: 'S9-alloc-contig', event: 'alloc_contig_pages',
    cells: {
      iso: '-16', iso_redrain: '-16', outer: '-16', static: '-16', count: '-16', disable: '-16',
      remote: '-16', freetype: '-16', nolock: '-16', flag: 'ok', rfc: 'ok', read_in_lock: 'ok',
      // The drain that v5.1 dropped comes after the free here, and could come before it.
      loop: 'ok',
    },
  },
  {
    folder: 'S10-mutex', event: 'memory_failure',
    cells: {
      loop: 'ok', iso: 'ok', iso_redrain: 'ok', outer: 'ok', read_in_lock: 'ok', flag: 'ok',
      disable: 'ok pcp_batch_high_lock', remote: 'ok pcp_batch_high_lock',
      freetype: 'ok pcp_batch_high_lock', nolock: 'ok pcp_batch_high_lock',
    },
  },
  {
    folder: 'S10-mutex', event: 'write_parameter',
    cells: {
      loop: 'ok', iso: 'ok', iso_redrain: 'ok', outer: 'ok', read_in_lock: 'ok', flag: 'ok',
      disable: 'ok pcp_batch_high_lock', count: 'ok pcp_batch_high_lock',
      freetype: 'ok pcp_batch_high_lock', nolock: 'ok pcp_batch_high_lock',
    },
  },
  {
    folder: 'S10-mutex', event: 'soft_offline_page',
    // Whatever the design: memory that goes offline has mem_hotplug_lock to write.
    cells: { iso: 'ok mem_hotplug_lock', disable: 'ok mem_hotplug_lock' },
  },
  { folder: 'S11-nolock', event: 'offline', cells: { freetype: 'ok 1/1', nolock: 'ok 2/1' } },
  { folder: 'S11-parked', event: 'offline', cells: { freetype: 'ok 2/1', nolock: 'hangs' } },
  {
    folder: 'S12-two-isolators', event: 'alloc_contig_pages',
    cells: {
      rfc: '-16', loop: 'ok pcpu_drain_mutex', iso: 'ok pcpu_drain_mutex',
      count: 'ok pcpu_drain_mutex', disable: 'ok pcpu_drain_mutex', flag: 'ok pcpu_drain_mutex',
    },
  },
];

interface End {
  readonly trace: Trace;
  readonly results: readonly InputResult[];
  readonly failed: number;
  readonly drains: number;
  readonly works: number;
  readonly hangs: boolean;
}

async function replayed(folder: string, design: string): Promise<End> {
  const { trace } = await readTrace(`${packageRoot()}traces/offline_pcp-${folder}/trace.csv`);
  const series = [await loadPolicy(`offline_pcp/${design}`)];
  const results: InputResult[] = [];
  const { state } = replay(trace, {
    version: versionOf(trace.header.kernel), series,
    pageLevel: PageLevel.always(trace, series),
    observers: [{
      result: (one) => {
        results.push(one);
      },
    }],
  });
  return {
    trace, results, drains: state.costs.drains, works: state.costs.drain_work_items,
    failed: state.isolation_tests.filter((one) => one.fin_pfn < one.end_pfn).length,
    hangs: state.faults.some(({ kind }) => kind === 'hang'),
  };
}

function cellOf(end: End, event: string): string {
  const result = end.results.find(({ row }) => end.trace.event(row) === event);
  if (result === undefined) return end.hangs ? 'hangs' : 'does not end';
  const words = [result.ret === 0 ? 'ok' : String(result.ret)];
  if (event === 'offline') words.push(`${end.failed}/${end.drains}`);
  words.push(...(result.waits ?? []).map(({ lock }) => lock));
  return words.join(' ');
}

describe.each(matrix)('$folder, $event', ({ folder, event, cells }) => {
  test.each(Object.entries(cells))('%s: %s', async (design, cell) => {
    expect(cellOf(await replayed(folder, design), event)).toBe(cell);
  });
});

test('S1: from v6.0 on a drain makes no CPU work', async () => {
  expect((await replayed('S1-quiet', 'disable')).works).toBe(8);
  expect((await replayed('S1-quiet', 'remote')).works).toBe(0);
});

test('S10: memory_failure() waits as long as the migration takes', async () => {
  const { trace, results } = await replayed('S10-mutex', 'disable');
  const waits = new Map(results.map((one) => [trace.event(one.row), one.waits ?? []]));
  expect(waits.get('memory_failure')).toEqual([{ lock: 'pcp_batch_high_lock', ns: 38e9 }]);
  expect(waits.get('write_parameter')).toEqual([{ lock: 'pcp_batch_high_lock', ns: 37e9 }]);
  expect(waits.get('offline')).toEqual([]);
});
