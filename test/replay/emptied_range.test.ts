/** A call that takes several blocks offline, one after the other. */
import { describe, expect, test } from 'vitest';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from '../../src/trace/build.js';
import type { Trace, TraceRow } from '../../src/trace/trace.js';

const BLOCK = 32768;

/*
 *  0x100    0x400000     0x8000000
 *  |--- boot ---|            |- block -|- block -| ... |- block -|     one DIMM, all of it online
 */
function dimm(blocks: number, ...between: readonly TraceRow[]): Trace {
  const range = { pfn: 0x8000000, nr_pages: blocks * BLOCK };
  return traceOf([
    { time_ns: 0, event: 'e820', args: 'start=0x100000 end=0x400000000 type=usable' },
    { time_ns: 0, event: 'boot_param', args: 'memhp_default_state=online_movable' },
    { time_ns: 1e9, event: 'add_memory', nid: 0, ...range },
    ...between,
    { time_ns: 3e9, event: 'remove_memory', ...range },
  ], { kernel: '6.12.0', cpus: 1, block_size: 2 ** 27 });
}

/** Every call succeeds, and no block of the DIMM is left. */
function expectGone(trace: Trace): void {
  const results: (number | undefined)[] = [];
  let online = 0;
  const { faults, memory_blocks } = replay(trace, {
    version: 'v6.12', series: [],
    observers: [{ result: ({ ret }, k) => {
      results.push(ret);
      online = Math.max(online, k.state.memory_blocks.size);
    } }],
  }).state;
  expect(faults).toEqual([]);
  expect(results.filter((ret) => ret !== 0)).toEqual([]);
  expect(online).toBeGreaterThan(memory_blocks.size);
  expect([...memory_blocks.values()].some(({ start_pfn }) => start_pfn >= 0x8000000)).toBe(false);
}

describe('a DIMM goes out', () => {
  // Expect: each block is another range to be emptied, whatever the one before it looked like.
  test('of four blocks, where pages are followed', () => {
    const file = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';
    expectGone(dimm(4,
      { time_ns: 2e9, event: 'write_parameter', cpu: 0, args: `file=${file} value=0` }));
  });

  // Expect: 1100 blocks are 1100 first passes, not one call that goes round its loop; and each
  // has its pageblocks, at which a call can be preempted.
  test('of 1100 blocks', { timeout: 30_000 }, () => {
    expectGone(dimm(1100));
  });
});
