import { expect, test } from 'vitest';
import { defineTracedResults, type Seen } from './seen.js';
import { replay } from '../../src/replay/replay.js';
import type { Runnable, Task } from '../../src/replay/tasks.js';
import { recording, traceOf } from './rig.js';

const dimm = { pfn: 0x100000, nr_pages: 32768 };

function run(trace: ReturnType<typeof traceOf>, functions: readonly string[] = []): Seen {
  const seen = defineTracedResults(functions);
  seen.kernel = replay(trace, { version: 'v6.1', series: [], observers: [seen.observer] });
  return seen;
}

test('a DIMM is added, its block goes online and offline, the DIMM is removed', () => {
  const seen = run(traceOf([
    { event: 'add_memory', nid: 0, ...dimm },
    { event: 'online', ...dimm },
    { event: 'offline', ...dimm },
    { event: 'remove_memory', ...dimm },
  ]));
  expect(seen.results).toEqual(['2 0', '3 0', '4 0', '5 0']);
  expect(seen.kernel?.state.memory_blocks.has(32)).toBe(false);
});

test('a write to a block that is not there, or twice, fails as in sysfs', () => {
  const seen = run(traceOf([
    { event: 'online', ...dimm },
    { event: 'add_memory', nid: 0, ...dimm },
    { event: 'online', ...dimm },
    { event: 'online', ...dimm },
  ]));
  expect(seen.results).toEqual(['2 -2', '3 0', '4 0', '5 -22']);
});

test('a notifier that answers with an error vetoes, until it is taken back', () => {
  const seen = run(traceOf([
    { event: 'add_memory', nid: 0, ...dimm },
    { event: 'notifier_error', ret: -12, args: 'action=MEM_GOING_ONLINE' },
    { event: 'online', ...dimm },
    { event: 'notifier_error', ret: 0, args: 'action=MEM_GOING_ONLINE' },
    { event: 'online', ...dimm },
  ]));
  expect(seen.results).toEqual(['2 0', '3 undefined', '4 -12', '5 undefined', '6 0']);
});

test('pages that a driver withholds are released, allocated and freed', () => {
  const seen = run(traceOf([
    { event: 'set_online_page_callback' },
    { event: 'add_memory', nid: 0, ...dimm },
    { event: 'online_kernel', ...dimm },
    { event: 'free_reserved_page', pfn: 0x100000, nr_pages: 20000 },
    { event: 'alloc_pages', nid: 0, nr_pages: 5, order: 0, args: 'gfp=GFP_KERNEL' },
    { event: 'free_pages' },
  ]));
  const normal = seen.kernel?.state.nodes[0]?.node_zones[2];
  expect(normal?.managed_pages).toBe(20000);
  expect(normal?.nr_free_pages).toBe(20000);
  expect(seen.results.slice(3, 5)).toEqual(['5 20000', '6 5 0/Normal=5']);
});

test('outcome rows are not replayed, taken rows are copied into zones of the boot', () => {
  const seen = run(traceOf([
    { event: 'nr_free_pages', nid: 0, zone: 'DMA32', nr_pages: 777 },
    { event: 'zoneinfo', nid: 0, zone: 'DMA32', args: 'managed=1' },
    { event: 'online_pages', phase: 'B', ...dimm },
  ]));
  expect(seen.results).toEqual([]);
  expect(seen.kernel?.state.nodes[0]?.node_zones[1]?.nr_free_pages).toBe(777);
});

test('blocks that an add onlined by itself are not onlined again', () => {
  const task = 'kworker';
  const seen = run(traceOf([
    { task, event: 'add_memory', phase: 'B', nid: 0, ...dimm },
    { task, event: 'online_movable', phase: 'B', ...dimm, args: 'auto=1' },
    { task, event: 'online_movable', phase: 'E', ...dimm, ret: 0, args: 'auto=1' },
    { task, event: 'add_memory', phase: 'E', nid: 0, ...dimm, ret: 0 },
  ]));
  expect(seen.results).toEqual(['2 0']);
  expect(seen.kernel?.state.memory_blocks.get(32)?.state).toBe('online');
});

test('an observer is told of the calls it names, with arguments and results, boot included', () => {
  const seen = run(traceOf([
    { event: 'add_memory', nid: 0, ...dimm }, { event: 'online', ...dimm },
  ]), ['online_pages', 'build_all_zonelists']);
  expect(seen.calls).toEqual([
    '-1 boot build_all_zonelists()', '-1 boot build_all_zonelists -> undefined',
    '3  online_pages(1048576,32768)', '3  build_all_zonelists()',
    '3  build_all_zonelists -> undefined', '3  online_pages -> 0',
  ]);
});

test('a call that another task interrupts goes as far as its recorded rows say', () => {
  const trace = traceOf([
    { event: 'add_memory', nid: 0, ...dimm },
    { task: 'a', event: 'online', phase: 'B', ...dimm },
    { task: 'a', event: 'online_pages', phase: 'B', ...dimm },
    { task: 'b', event: 'alloc_pages', nid: 0, nr_pages: 1, order: 0, args: 'gfp=GFP_KERNEL' },
    { task: 'a', event: 'online', phase: 'E', ...dimm, ret: 0 },
  ]);
  const seen = run(trace);
  expect(seen.results).toEqual(['2 0', '5 1 0/DMA32=1', '3 0']);
});

test('the second of two hotplug calls waits for the lock of the first', () => {
  const other = { pfn: 0x108000, nr_pages: 32768 };
  const trace = traceOf([
    { event: 'add_memory', nid: 0, pfn: 0x100000, nr_pages: 65536 },
    { task: 'a', event: 'online', phase: 'B', ...dimm },
    { task: 'b', event: 'online', phase: 'B', ...other },
  ]);
  const waited: string[] = [];
  const seen = defineTracedResults([]);
  // One step for the first call, then only the second one, as long as it can.
  const next = (runnable: Runnable, row: number): Task | undefined => {
    const first = runnable.find((task) => task.name === 'a');
    const second = runnable.find((task) => task.name === 'b');
    if (row < 4) return first?.steps === 0 || first === undefined
      ? runnable.find(() => true) : undefined;
    if (second !== undefined) return second;
    waited.push(`${first?.at}`);
    return first;
  };
  replay(trace, {
    version: 'v6.1', series: [], observers: [seen.observer], schedule: { next },
  });
  expect(seen.results).toEqual(['2 0', '3 0', '4 0']);
  expect(waited.length).toBeGreaterThan(0);
});

test('a BUG ends the task and takes its lock along: an observation, not an error', async () => {
  const trace = await recording('node-offline-section-walk-both-offline-then-remove');
  const { default: sectionWalk } = await import(
    '../../policies/try_offline_node/section_walk.js') as {
      default: import('../../src/patch/define.js').Patch };
  const seen = defineTracedResults([]);
  const k = replay(trace, { version: 'v6.1', series: [sectionWalk], observers: [seen.observer] });
  expect(seen.results.at(-1)).toMatch(/oops in unregister_memory_block_under_nodes$/);
  expect(k.state.device_hotplug_lock).toBe('lost');
});
