import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { loadPolicies } from '../../src/patch/catalogue.js';
import { compose } from '../../src/patch/compose.js';
import { parseSeries } from '../../src/patch/series.js';
import { handsOnLess } from '../../src/patch/handed_on.js';
import { observedRun } from '../../src/replay/observed_run.js';
import { readTrace } from '../../src/trace/read.js';
import { bootKernel, drive, q35, SECTION } from '../linux/hotplug_machine.js';
import { patch } from './patches.js';

const instruments = { probes: [], invariants: [] };
const recordings = join(packageRoot(), 'traces/recordings');

/** A block of memory that somebody is about to register, by code of v6.1 that knows no nid. */
const old = patch('mine/old', {
  wraps: {
    create_memory_block_devices: (next) => (k, start_pfn, nr_pages, memmap, group) =>
      next(k, start_pfn, nr_pages, memmap, group),
  },
});

/**
 *   add_range(nid 1) -> wraps, written for v6.1 -> create_memory_block_devices(.., nid 1)
 *                       names four arguments
 * Expect: the node of the block is 1 all the same.
 */
test('an argument that a later kernel added passes through code that does not name it', () => {
  const k = compose('v7.3', [old], q35());
  const pfn = 0x100000;
  expect(k.create_memory_block_devices(pfn, k.machine.pages_per_block, 0, undefined, 1)).toBe(0);
  expect(k.find_memory_block(pfn)?.nid).toBe(1);
});

/**
 *   add_range(nid 1) -> a body of v6.1, which makes blocks without a node -> the blocks are linked
 * Expect: the block gets its node when it is linked, as in v6.1; it goes online there.
 */
test('a body of an older kernel, which gives a block no node, leaves that to who links it', () => {
  const body = patch('mine/body', {
    replaces: {
      create_memory_block_devices(k, start_pfn, nr_pages, memmap, group) {
        const size = k.machine.pages_per_block;
        for (let id = start_pfn / size; id < (start_pfn + nr_pages) / size; id += 1) {
          k.add_memory_block(id, 'offline', memmap, group);
        }
        return 0;
      },
    },
  });
  const k = bootKernel('v7.3', [body]);
  const pfn = 48 * SECTION;
  expect(drive(k.__add_memory(1, pfn, SECTION, 0))).toBe(0);
  expect(k.find_memory_block(pfn)).toMatchObject({ nid: 1, links: new Set([1]) });
});

test('two tasks inside the same function keep their own arguments', () => {
  const modes: unknown[] = [];
  const seen = patch('mine/seen', {
    replaces: {
      * set_migratetype_isolate(_k, pfn, _start, _end, mode) {
        yield 'inside';
        modes.push([pfn, mode]);
        return 0;
      },
    },
    wraps: {
      set_migratetype_isolate: (next) => function* (k, pfn, start_pfn, end_pfn) {
        yield 'before';
        return yield* next(k, pfn, start_pfn, end_pfn);
      },
    },
  });
  const k = compose('v7.3', [seen], q35());
  const tasks = [
    k.set_migratetype_isolate(0, 0, 512, 'CMA_ALLOC'), k.set_migratetype_isolate(512, 512, 1024),
  ];
  for (let step = 0; step < 3; step += 1) for (const task of tasks) task.next();
  expect(modes).toEqual([[0, 'CMA_ALLOC'], [512, undefined]]);
});

type Next = (...args: unknown[]) => unknown;

// resize_zone_range(k, zone, start_pfn, nr_pages)
test.each([
  [(next: Next) => (k: unknown) => next(k), true],
  [(next: Next) => (k: unknown, a: unknown[], b: unknown) => next(k, [a, b], { a, b }), true],
  [(next: Next) => (k: unknown, ...args: unknown[]) => next(k, ...args), false],
  [(next: Next) => (k: unknown, a: unknown, b: unknown) => next(k, a, [b, b], b), false],
] as const)('%s', (wrap, isLess) => {
  expect(handsOnLess(wrap, 'resize_zone_range')).toBe(isLess);
});

describe('the newest version', async () => {
  const { trace } = await readTrace(join(recordings, 'memmap-on-memory-7.3'));
  const policies = await loadPolicies();
  /**
   * Expect: no policy of the tree comes to an error, whatever version it was written against.
   */
  test('every policy of the tree comes to its end on a recording of it', async () => {
    for (const one of policies) {
      const { patches: series } = await parseSeries(one.id);
      const run = observedRun(trace, {
        name: one.id, version: 'v7.3', series, instruments, watched: [] });
      expect(run.stopped, one.id).toBeUndefined();
    }
  });

  test('what the model cannot do for a policy is said of the policy', () => {
    const wrong = patch('mine/wrong', {
      wraps: { hotadd_init_pgdat: (next) => (k) => next(k, -7) },
    });
    const { stopped } = observedRun(trace, {
      name: 'mine/wrong', version: 'v7.3', series: [wrong], instruments, watched: [] });
    expect(stopped?.text).toMatch(/^with it \w+\(\) of the model cannot go on: no element -7 /);
  });
});
