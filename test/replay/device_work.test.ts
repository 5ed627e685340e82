/** A worker does what a virtio-mem device is asked for when its rows say so. */
import { describe, expect, test } from 'vitest';
import { takenPace } from '../../src/replay/pace.js';
import { deviceWorkOf } from '../../src/replay/pages/device_work.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const [BLOCK, SUBBLOCK, PAGE] = [0x100000, 1024, 0x100300];
const MiB = 2 ** 20;

const asks = (size: number): Row => ({
  event: 'virtio_mem_config_changed', cpu: 1, task: 'head-7', nid: 0, pfn: BLOCK,
  nr_pages: 2 * 32768, args: `device=virtio0 block_size=${4 * MiB} requested_size=${size} ` +
    'auto_online=online_movable',
});
const page = (event: Row['event']): Row => ({
  event, cpu: 0, task: 'sh-8', pfn: PAGE, order: 0,
  ...(event === 'mm_page_free' ? {} : { migratetype: 1 }),
});
const last = { pfn: BLOCK + 32768 - SUBBLOCK, nr_pages: SUBBLOCK };
const by = (task: string): readonly Row[] => [
  { event: 'alloc_contig_range', phase: 'B', cpu: 0, task, ...last },
  { event: 'alloc_contig_range', phase: 'E', cpu: 0, task, ret: 0 },
];

/*
 *   head-7   4 MiB less ..........................
 *   sh-8     ............ alloc PAGE, free PAGE ...
 *   worker   .................................... alloc_contig_range(): drains PAGE
 *
 * Expect: PAGE is on the list when the worker drains it, and only where the worker's rows are.
 */
function done(worker: string) {
  const trace = traceOf([
    asks(128 * MiB), asks(124 * MiB), page('mm_page_alloc'), page('mm_page_free'), ...by(worker),
  ], { kernel: '6.12.117', cpus: 2 });
  const level = PageLevel.always(trace, []);
  const k = replay(trace, {
    version: versionOfHeader(trace.header), series: [], pageLevel: level,
  });
  return { trace, drained: level.drains.map(({ pfn }) => pfn), vm: k.state.virtio_mem_devices[0] };
}

describe('what a device is asked for', () => {
  test('is done where the rows of its worker are', () => {
    const { trace, drained, vm } = done('kworker/0:1-9');
    expect(drained).toContain(PAGE);
    expect(vm?.plugged_size).toBe(124 * MiB);
    const [work, ...others] = deviceWorkOf(trace).values();
    expect(work?.task).toBe('kworker/0:1-9');
    expect([work?.first, work?.last].map((row) => trace.phase(row ?? -1))).toEqual(['B', 'E']);
    expect(others).toEqual([]);
    expect([...takenPace(trace).values()]).toEqual([1]);
  });

  test('is done at once where no worker is seen', () => {
    const { trace, drained, vm } = done('sh-9');
    expect(drained).not.toContain(PAGE);
    expect(vm?.plugged_size).toBe(124 * MiB);
    expect(deviceWorkOf(trace).size).toBe(0);
  });
});

/*
 *   128 MiB plugged, a block of memory; nothing wanted: taken by alloc_contig_range(), let go of
 *
 * Expect: pages that the driver has let go of are in nobody's way, and the block is removed.
 */
test('a block of which all is unplugged is taken away', () => {
  const trace = traceOf([asks(128 * MiB), asks(0)], { kernel: '6.12.117', cpus: 2 });
  const k = replay(trace, {
    version: versionOfHeader(trace.header), series: [], pageLevel: PageLevel.always(trace, []),
  });
  expect(k.state.faults).toEqual([]);
  expect(k.state.memory_blocks.has(BLOCK / 32768)).toBe(false);
  expect(k.state.virtio_mem_devices[0]?.plugged_size).toBe(0);
});

/*
 *   virtio0  256 MiB: ... BLOCK ............ BLOCK+1 ...   kworker/0:1
 *   virtio1  128 MiB: .......... BLOCK+2 ...............   kworker/1:2
 *
 * Expect: blocks come in the order in which the two workers added them, not device by device.
 */
test('two workers at once go as far as the rows of each say', () => {
  const size = 32768;
  const ask = (device: string, pfn: number, blocks: number): Row => ({
    event: 'virtio_mem_config_changed', task: 'head-7', nid: 0, pfn, nr_pages: blocks * size,
    args: `device=${device} block_size=${4 * MiB} requested_size=${blocks * 128 * MiB} ` +
      'auto_online=online_movable',
  });
  const add = (task: string, block: number): readonly Row[] => (['B', 'E'] as const)
    .flatMap((phase) => (['add_memory', 'add_memory_resource'] as const).map((event) => ({
      event, phase, cpu: 0, task, nid: 0, pfn: BLOCK + block * size, nr_pages: size,
      ...(event === 'add_memory' ? { args: 'auto=1' } : {}),
    })));
  const trace = traceOf([
    ask('virtio0', BLOCK, 2), ask('virtio1', BLOCK + 2 * size, 1),
    ...add('kworker/0:1-9', 0), ...add('kworker/1:2-8', 2), ...add('kworker/0:1-9', 1),
  ], { kernel: '6.12.117', cpus: 2 });
  const added: number[] = [];
  replay(trace, {
    version: versionOfHeader(trace.header), series: [], observers: [{
      functions: new Set(['add_memory_resource']),
      enter: (_, args) => added.push(((args[1] as number) - BLOCK) / size),
    }],
  });
  expect(added).toEqual([0, 2, 1]);
  expect([...takenPace(trace).values()]).toEqual([2]);
});
