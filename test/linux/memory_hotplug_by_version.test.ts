/** What memory hotplug did otherwise in older kernels. */
import { expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel, Preempt } from '../../src/linux/base/kernel.js';
import { ZONE_NORMAL } from '../../src/linux/include/mmzone.js';
import {
  A, B, SECTION, addDimm, blockAt, bootKernel, q35, removeDimm, store,
} from './hotplug_machine.js';

test.each([['v5.4', 'init'], ['v5.5', 'init'], ['v5.6', 'poison']])(
  'the memmap of memory that is offline in %s: %s', (version, kind) => {
    const k = bootKernel(version, [], q35({ kconfig: { DEBUG_VM: 'y' } }));
    addDimm(k, A);
    store(k, 48, 'online');
    expect(store(k, 48, 'offline')).toBe(0);
    expect(k.state.memmap.runs(48 * SECTION, 49 * SECTION).map(({ content }) => content.kind))
      .toEqual([kind]);
  });

//     48      56      64      72      80
//     [ A     ][ B     ][ C     ][ D     ]     Normal of node 1
// Expect: memory that goes online last is not seen yet, so that nobody calls the zone whole until
// something is removed; a hole in the middle is a gap.
test.each(['v4.19', 'v5.3', 'v5.4'])('%s: what is removed leaves a gap in its zone', (version) => {
  const k = bootKernel(version, []);
  const [C, D] = [{ block: 64, blocks: 8 }, { block: 72, blocks: 8 }];
  for (const dimm of [A, B, C, D]) {
    addDimm(k, dimm);
    for (let id = dimm.block; id < dimm.block + 8; id += 1) store(k, id, 'online_kernel');
  }
  const zone = at(at(k.state.nodes, 1).node_zones, ZONE_NORMAL);
  const seen = [zone.contiguous];
  for (const dimm of [D, B]) {
    expect(removeDimm(k, dimm)).toBe(0);
    seen.push(zone.contiguous);
  }
  expect(seen).toEqual([false, true, false]);
});

test.each([['v4.16', 0], ['v4.19', 1], ['v5.0', 1], ['v5.2', 0]])(
  '%s keeps %i blocks that were online once and removed', (version, kept) => {
    const k = bootKernel(version, []);
    addDimm(k, A);
    store(k, 48, 'online');
    expect(removeDimm(k, A)).toBe(0);
    expect(k.state.unfreed_blocks.size).toBe(kept);
  });

/** Is mem_hotplug_lock held each time that the task can be interrupted? */
function heldWhile(k: Kernel, steps: Preempt<number>): boolean[] {
  const held: boolean[] = [];
  while (steps.next().done !== true) held.push(k.state.mem_hotplug_lock === 'held');
  return held;
}

test.each([['v4.19', [true, true]], ['v5.0', [false, true]], ['v6.7', [false, true]]])(
  '%s: mem_hotplug_lock at the first and the last place of an offline by hand', (version, held) => {
    const k = bootKernel(version, []);
    addDimm(k, A);
    store(k, 48, 'online');
    const all = heldWhile(k, k.state_store(blockAt(k, 48), 'offline'));
    expect([all[0], all.at(-1)]).toEqual(held);
  });

test.each([['v4.19', false], ['v5.0', true]])(
  '%s: a device that goes takes its blocks offline with the lock: %s', (version, held) => {
    const k = bootKernel(version, []);
    addDimm(k, A);
    store(k, 48, 'online');
    expect(heldWhile(k, k.device_offline(blockAt(k, 48))).includes(true)).toBe(held);
  });
