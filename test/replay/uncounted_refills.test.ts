/** A drain that looks at counts while a list is being filled. */
import { expect, test } from 'vitest';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const [BLOCK, SUBBLOCK, ON_LIST, MiB] = [0x100000, 1024, 0x100300, 2 ** 20];
const REFILLED = [0, 1, 2, 3].map((page) => BLOCK + page);
const [WORKER, OTHER] = ['kworker/0:1-9', 'dd-7'];

const asks = (size: number): Row => ({
  event: 'virtio_mem_config_changed', cpu: 0, task: 'head-7', nid: 0, pfn: BLOCK,
  nr_pages: 2 * 32768, args: `device=virtio0 block_size=${4 * MiB} requested_size=${size} ` +
    'auto_online=online_movable',
});
const page = (cpu: number, task: string, event: Row['event'], pfn: number): Row => ({
  event, cpu, task, pfn, order: 0, ...(event === 'mm_page_free' ? {} : { migratetype: 1 }),
  ...(event === 'mm_page_alloc_zone_locked' ? { args: 'percpu_refill=1' } : {}),
});
const worker = (event: Row['event'], more: object = {}): Row =>
  ({ event, cpu: 0, task: WORKER, ...more });

/** CPU 1 fills its list; the worker looks meanwhile, and drains these pages then. */
function replayed(...pfns: number[]): PageLevel {
  const last = { pfn: BLOCK + 32768 - SUBBLOCK, nr_pages: SUBBLOCK };
  const trace = traceOf([
    asks(128 * MiB), asks(124 * MiB),
    page(0, 'cat-3', 'mm_page_alloc', ON_LIST), page(0, 'cat-3', 'mm_page_free', ON_LIST),
    worker('alloc_contig_range', { phase: 'B', ...last }),
    worker('start_isolate_page_range', { phase: 'B', ...last, migratetype: 1 }),
    ...REFILLED.map((pfn) => page(1, OTHER, 'mm_page_alloc_zone_locked', pfn)),
    worker('start_isolate_page_range', { phase: 'E', ret: 0 }),
    ...pfns.map((pfn) => page(0, WORKER, 'mm_page_pcpu_drain', pfn)),
    page(1, OTHER, 'mm_page_alloc', BLOCK),
    worker('test_pages_isolated', { ...last, ret: 0 }),
    worker('alloc_contig_range', { phase: 'E', ret: 0 }),
  ], { kernel: '6.12.117', cpus: 2 });
  const level = PageLevel.always(trace, []);
  const version = versionOfHeader(trace.header);
  replay(trace, { version, series: [], observers: [], pageLevel: level });
  return level;
}

/*
 *   CPU 1   rmqueue_bulk: 4 pages ...................... | count = 63
 *   CPU 0   ............ cpus_with_pcps: { 0 } , drains 0 |
 *
 * Expect: rmqueue_bulk() gives the zone's lock back before its caller raises the count
 * (__rmqueue_pcplist()), so that a drain by counts passes over CPU 1. Where a page of the refill is
 * drained it was counted.
 */
test('a drain passes over a list that is filled and not counted, where it left that', () => {
  const passed = replayed(ON_LIST);
  expect(passed.corrections.of('refill_uncounted')).toBe(1);
  expect(passed.drains.filter(({ cpu }) => cpu === 1)).toEqual([]);
  expect(passed.drains.some(({ pfn }) => pfn === ON_LIST)).toBe(true);
});

test('one that was counted is drained', () => {
  const counted = replayed(ON_LIST, ...REFILLED.slice(1));
  expect(counted.corrections.of('refill_uncounted')).toBe(0);
  expect(counted.drains.some(({ cpu, pfn }) => cpu === 1 && pfn === REFILLED[1])).toBe(true);
});
