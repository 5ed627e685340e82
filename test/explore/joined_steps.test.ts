/**
 * The preemption point pcp_batch, between finding a list full and reading `batch` (before v5.9):
 * the reduced search takes the step after it at once where nobody can tell.
 *
 *   free 1: | list locked | page on the list, 13 >= high | (pcp_batch) | gives back `batch` pages |
 *   free 2: the same on the next CPU
 *   offliner: isolates, drains CPU after CPU, tests
 *
 * Expect: every search comes to the same ends; joining leaves out states, but not where a policy
 * writes `high` and `batch` itself (disable) or a task has yet to write them (S15).
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { exploreNow, windowFor } from '../../src/explore/explore.js';
import { Search, type SearchResult } from '../../src/explore/search.js';
import type { Window } from '../../src/explore/window.js';
import { World } from '../../src/explore/world.js';
import type { Patch } from '../../src/patch/define.js';
import { parseSeries } from '../../src/patch/series.js';
import { traceOf } from '../../src/trace/build.js';
import { readTrace } from '../../src/trace/read.js';
import type { TraceRow } from '../../src/trace/trace.js';

const BLOCK = 32768;
const FIRST = 0x240000;
/** `high` of a zone of two blocks by percpu_pagelist_fraction = 5000. */
const HIGH = 13;

/**
 * Each task frees a page of the block that goes offline, to a list that lacks one page. `late`: the
 * log has no times, and its lines about the machine stand behind the call.
 */
function racing(tasks: number, late = false): Window {
  const rows: TraceRow[] = [
    { time_ns: 0, event: 'e820', args: 'start=0x0 end=0x9fc00 type=usable' },
    { time_ns: 0, event: 'e820', args: 'start=0x100000 end=0x80000000 type=usable' },
    { time_ns: 0, event: 'e820', args: 'start=0x100000000 end=0x180000000 type=usable' },
    { time_ns: 1e9, event: 'add_memory', nid: 0, pfn: FIRST, nr_pages: 2 * BLOCK },
    { time_ns: 1e9, event: 'online_movable', pfn: FIRST + BLOCK, nr_pages: BLOCK },
    { time_ns: 1e9, event: 'online_movable', pfn: FIRST, nr_pages: BLOCK },
    { time_ns: 1e9, event: 'write_parameter',
      args: 'file=/proc/sys/vm/percpu_pagelist_fraction value=5000' },
  ];
  const frees: TraceRow[] = [];
  for (let cpu = 0; cpu <= tasks; cpu += 1) {
    rows.splice(3, 0, { time_ns: 0, event: 'srat_cpu', nid: 0, args: `cpu=${cpu}` });
    if (cpu === 0) continue;
    const own = FIRST + 4 * cpu;
    // Refills of three leave two pages on the list behind the last one.
    const pfns = [own, ...Array.from({ length: 15 }, (_, i) => FIRST + BLOCK + 64 * cpu + 2 * i)];
    const same = { cpu, task: `free-${cpu}`, order: 0 } as const;
    rows.push(...pfns.map((pfn): TraceRow => ({ ...same, time_ns: 2e9, event: 'mm_page_alloc', pfn,
      migratetype: 1, args: 'gfp_flags=GFP_HIGHUSER_MOVABLE' })));
    rows.push(...pfns.slice(3).map((pfn): TraceRow =>
      ({ ...same, time_ns: 2e9, event: 'mm_page_free', pfn })));
    frees.push({ ...same, time_ns: 3e9, event: 'mm_page_free', pfn: own });
  }
  rows.push({ time_ns: 3e9, cpu: 0, task: 'offliner', event: 'offline', pfn: FIRST,
    nr_pages: BLOCK });
  const isOfMachine = ({ event }: TraceRow): boolean => event === 'e820' || event === 'srat_cpu';
  const machine = late ? rows.filter(isOfMachine).map((row) => ({ ...row, time_ns: 4e9 })) : [];
  const others = late ? rows.filter((row) => !isOfMachine(row)) : rows;
  return windowFor(traceOf([...others, ...frees, ...machine], {
    kernel: '5.8.0', cpus: tasks + 1, question: 'offline_pcp' }));
}

/** Joined, with no step joined, and every interleaving. */
function searches(window: Window, series: readonly Patch[]): {
  readonly joined: SearchResult; readonly single: SearchResult; readonly full: SearchResult;
} {
  const candidate = { id: 'one', version: 'v5.8', series };
  const single = new Search(new World(window, 'v5.8', series, false), { reduced: true });
  while (single.advance(1000)) { /* until all is done */ }
  return { joined: exploreNow(window, candidate, { reduced: true }), single: single.result(),
    full: exploreNow(window, candidate, { reduced: false }) };
}

const endsOf = ({ endings, incomplete }: SearchResult): object =>
  ({ incomplete, ends: endings.map(({ outcome, kind }) => [kind, outcome]) });

describe.each([2])('%d tasks find their lists full', (tasks) => {
  const window = racing(tasks);

  test.each([window, racing(tasks, true)])('so full they are', (one) => {
    const { pages, zone } = new World(one, 'v5.8', []);
    expect(zone.pcp.high).toBe(HIGH);
    expect(pages.zonePages(zone).pcp.slice(1).map(({ count }) => count))
      .toEqual(Array.from({ length: tasks }, () => HIGH - 1));
  });

  test.each([
    ['base', 'fewer'], ['offline_pcp/redrain', 'fewer'], ['offline_pcp/disable', 'as many'],
  ])('%s: the same ends, %s states', async (id, states) => {
    const { joined, single, full } = searches(window, (await parseSeries(id)).patches);
    expect(endsOf(joined)).toEqual(endsOf(full));
    expect(endsOf(single)).toEqual(endsOf(full));
    if (states === 'fewer') expect(joined.states).toBeLessThan(single.states);
    else expect(joined.states).toBe(single.states);
    expect(joined.transitions).toBeLessThanOrEqual(single.transitions);
  });
});

test.each(['base', 'offline_pcp/redrain', 'offline_pcp/count', 'offline_pcp/disable'])(
  'S15, where the batch grows, under %s: the same ends', async (id) => {
    const { trace } = await readTrace(
      join(packageRoot(), 'traces/offline_pcp-S15-batch-grows/trace.csv'));
    const { joined, full } = searches(windowFor(trace), (await parseSeries(id)).patches);
    expect(endsOf(joined)).toEqual(endsOf(full));
  });
