/** Every interleaving of a block that goes offline with tasks that take or give back huge pages. */
import { describe, expect, it } from 'vitest';
import { exploreNow, runSchedule, windowFor, type Candidate } from '../../src/explore/explore.js';
import { scheduleText } from '../../src/explore/schedule_text.js';
import type { Window } from '../../src/explore/window.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { traceOf } from '../replay/rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const BLOCK = 32768;
const FIRST = 0x100000;
const POOL = '/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages';

/** A node of one block with `count` huge pages, some in use; then the block goes offline. */
function windowWith(count: number, used: number, rows: readonly Row[]): Window {
  return windowFor(traceOf([
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x100000000 end=0x200000000 hotplug=1' },
    { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
    { event: 'srat_cpu', nid: 0, args: 'cpu=1' },
    { event: 'add_memory', nid: 1, pfn: FIRST, nr_pages: BLOCK },
    { event: 'online_movable', pfn: FIRST, nr_pages: BLOCK },
    { event: 'write_parameter', task: 'admin', args: `file=${POOL} value=${count}` },
    ...used === 0 ? []
      : [{ event: 'hugetlb_no_page', task: 'user', nid: 1, nr_pages: used } as const],
    { event: 'offline', task: 'offliner', pfn: FIRST, nr_pages: BLOCK },
    ...rows,
  ], { cpus: 2 }));
}

const v6_12: Candidate = { id: 'base', version: 'v6.12', series: [] };

/** All ends, the same in both searches; each schedule found comes to its end again. */
function ends(window: Window, one = v6_12): string[] {
  const reduced = exploreNow(window, one, { reduced: true });
  const full = exploreNow(window, one, { reduced: false });
  const found = reduced.endings.map(({ outcome }) => outcome);
  expect(full.endings.map(({ outcome }) => outcome)).toEqual(found);
  expect([reduced.incomplete, full.incomplete]).toEqual([false, false]);
  for (const { outcome, shortest } of reduced.endings) {
    expect(runSchedule(window, one, scheduleText(shortest)).outcome).toBe(outcome);
  }
  return found;
}

describe('a huge page in the block that goes offline', () => {
  it('is dissolved when nobody else wants it', () => {
    expect(ends(windowWith(1, 0, []))).toEqual(['goes offline']);
  });

  it('is moved, or is in the way while it is being filled, or comes too late for its task', () => {
    const takes: Row = { event: 'hugetlb_no_page', task: 'other', nid: 1, nr_pages: 1, cpu: 1 };
    expect(ends(windowWith(1, 0, [takes]))).toEqual([
      'goes offline', 'goes offline; no huge page', 'returns -16',
    ]);
  });

  it('is moved or dissolved whenever the task that uses it gives it back', () => {
    const pfn = 0x100000;
    const gives: Row = { event: 'free_huge_folio', task: 'other', pfn, cpu: 1 };
    expect(ends(windowWith(1, 1, [gives]))).toEqual(['goes offline']);
  });
});
