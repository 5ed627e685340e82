/** Huge pages on a machine with two nodes: rows by hand, replayed with each page named. */
import { expect } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { traceOf } from '../replay/rig.js';

export type Row = Omit<TraceRow, 'time_ns'>;

export const BLOCK = 32768;
export const FIRST = 0x100000;
export const SECOND = FIRST + BLOCK;

/** A second node gets two blocks of movable memory. */
export const twoBlocks: readonly Row[] = [
  { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
  { event: 'srat_mem', nid: 1, args: 'start=0x100000000 end=0x200000000 hotplug=1' },
  { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
  { event: 'add_memory', nid: 1, pfn: FIRST, nr_pages: 2 * BLOCK },
  { event: 'online_movable', pfn: FIRST, nr_pages: BLOCK },
  { event: 'online_movable', pfn: SECOND, nr_pages: BLOCK },
];

export function pool(count: number | string, where = '/sys/devices/system/node/node1'): Row {
  const file = where === '' ? '/proc/sys/vm/nr_hugepages'
    : `${where}/hugepages/hugepages-2048kB/nr_hugepages`;
  return { event: 'write_parameter', task: 'admin', args: `file=${file} value=${count}` };
}

export const offline = (pfn: number): Row => (
  { event: 'offline', task: 'offliner', pfn, nr_pages: BLOCK });
export const use = (nr_pages: number, args = ''): Row => (
  { event: 'hugetlb_no_page', task: 'database', nid: 1, nr_pages, args });
export const reserve = (nr_pages: number): Row => (
  { event: 'hugetlb_acct_memory', task: 'database', nid: 1, nr_pages });
export const overcommit = (count: number): Row => ({
  event: 'write_parameter', args: `file=/proc/sys/vm/nr_overcommit_hugepages value=${count}`,
});

export interface Run {
  readonly k: Kernel;
  /** What offline rows came to, in order. */
  readonly offlines: readonly (number | undefined)[];
  readonly results: readonly (number | undefined)[];
}

export function run(rows: readonly Row[], version = 'v6.12'): Run {
  const trace = traceOf([...twoBlocks, ...rows]);
  const offlines: (number | undefined)[] = [];
  const results: (number | undefined)[] = [];
  const pageLevel = PageLevel.always(trace, []).checkInvariants();
  const k = replay(trace, {
    version, series: [], pageLevel,
    observers: [{ result: ({ row, ret }) => {
      results.push(ret);
      if (trace.event(row) === 'offline') offlines.push(ret);
    } }],
  });
  expect(pageLevel.violated).toBeUndefined();
  expect(pageLevel.worstImbalance.pages).toBe(0);
  return { k, offlines, results };
}

/** First pfns of the huge pages on a node's free list, the first one to be taken first. */
export const freeOf = (k: Kernel, nid: number): readonly number[] =>
  (k.state.hugetlb.hugepage_freelists[nid] ?? []).map(({ pfn }) => pfn).reverse();
export const inUse = (k: Kernel): readonly { pfn: number; nid: number }[] =>
  k.state.hugetlb.hugepage_activelist.map(({ pfn, nid }) => ({ pfn, nid }));
