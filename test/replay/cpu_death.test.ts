/** When the lists of a CPU that goes offline are drained. */
import { describe, expect, test } from 'vitest';
import { deathRow } from '../../src/replay/cpu_death.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const BLOCK = 0x100000;
const [FIRST, LAST, OTHER] = [BLOCK + 0x300, BLOCK + 0x301, BLOCK + 0x302];
const mark = (step: number): Row => ({ event: 'tracing_mark_write', args: `step ${step}: write` });
const on = (cpu: number, task: string) => (event: Row['event'], pfn: number): Row =>
  ({ event, cpu, task, pfn, order: 0, ...(event === 'mm_page_free' ? {} : { migratetype: 1 }) });
const dying = on(1, 'dd-7');
const living = on(0, 'sh-8');
const worker = on(0, 'kworker/0:1-9');

/*
 *   CPU 1   free FIRST  .........  free LAST  (dies)
 *   CPU 0   ... write 0 ...  alloc, free OTHER ...   worker: drain FIRST, LAST
 *
 * Expect: the model drains where the worker does, and not what it takes before.
 */
function traceWith(drains: readonly Row[]) {
  return traceOf([
    { event: 'add_memory', nid: 0, pfn: BLOCK, nr_pages: 32768 },
    { event: 'online_movable', pfn: BLOCK, nr_pages: 32768 },
    dying('mm_page_alloc', FIRST), dying('mm_page_alloc', LAST), dying('mm_page_free', FIRST),
    mark(1), { event: 'cpu_offline', cpu: 0, task: 'sh-8', args: 'cpu=1' },
    living('mm_page_alloc', OTHER), dying('mm_page_free', LAST), living('mm_page_free', OTHER),
    ...drains, living('mm_page_alloc', OTHER), mark(2),
  ], { kernel: '6.12.117', cpus: 2 });
}

const drained = [worker('mm_page_pcpu_drain', LAST), worker('mm_page_pcpu_drain', FIRST)];

describe('the lists of a CPU that goes offline', () => {
  test('are drained by the rows, behind its last one', () => {
    const trace = traceWith(drained);
    const level = PageLevel.always(trace, []);
    const k = replay(trace, {
      version: versionOfHeader(trace.header), series: [], pageLevel: level,
    });
    // With them goes what a refill had brought.
    expect(level.drains.map(({ pfn }) => pfn)).toEqual(expect.arrayContaining([FIRST, LAST]));
    expect(new Set(level.drains.map(({ cpu }) => cpu))).toEqual(new Set([1]));
    for (const { row } of level.drains) expect(trace.pfn(row)).toBe(OTHER);
    expect([...k.state.offline_cpus]).toEqual([1]);
  });

  test('are drained behind its last row where no drain is traced', () => {
    const trace = traceWith([]);
    const row = Array.from({ length: trace.length }, (_, at) => at)
      .find((at) => trace.event(at) === 'cpu_offline') ?? -1;
    expect(trace.pfn(deathRow(trace, row))).toBe(LAST);
    expect(trace.event(deathRow(trace, row))).toBe('mm_page_free');
  });
});

/*
 *   comes online    Movable (33), then Normal (32)
 *   CPU 1           frees a page to each zone's list, and dies
 *
 * Expect: the lists are drained zone by zone as zones follow each other (drain_pages()), whichever
 * had pages first: Normal before Movable.
 */
test('zones are drained in their order, not in that in which they came to have pages', () => {
  const [normal, movable] = [BLOCK + 0x300, BLOCK + 0x8300];
  const trace = traceOf([
    { event: 'add_memory', nid: 0, pfn: BLOCK, nr_pages: 65536 },
    { event: 'online_movable', pfn: BLOCK + 0x8000, nr_pages: 32768 },
    dying('mm_page_alloc', movable), dying('mm_page_free', movable),
    { event: 'online_kernel', pfn: BLOCK, nr_pages: 32768 },
    dying('mm_page_alloc', normal), dying('mm_page_free', normal),
    mark(1), { event: 'cpu_offline', cpu: 0, task: 'sh-8', args: 'cpu=1' }, mark(2),
  ], { kernel: '6.18.15', cpus: 2 });
  const level = PageLevel.always(trace, []);
  replay(trace, { version: versionOfHeader(trace.header), series: [], pageLevel: level });
  const isNormal = level.drains.map(({ pfn }) => pfn < BLOCK + 0x8000);
  expect(new Set(isNormal)).toEqual(new Set([true, false]));
  expect(isNormal).toEqual([...isNormal].sort((a, b) => Number(b) - Number(a)));
});
