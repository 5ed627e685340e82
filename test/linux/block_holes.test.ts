/**
 * Memory blocks that hold a section without memory, v4.13 to v5.6. One block of 256 MiB:
 *
 *     0x140000            0x148000            0x150000
 *     |  RAM, 64 pageblocks |  nothing, no memmap |   block 20
 *
 * Expect: such a block stays online, and `removable` passes over the section. One with a hole
 * inside of a section goes offline: only System RAM leaves the counters, only pageblocks that were
 * isolated leave their count, and only System RAM comes back.
 */
import { describe, expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ZONE_NORMAL, type Zone } from '../../src/linux/include/mmzone.js';
import { A, SECTION, addDimm, blockAt, bootKernel, q35, store } from './hotplug_machine.js';

const PAGE = 4096;

function machine() {
  return q35({
    pages_per_block: 2 * SECTION,
    e820: [
      { start: 0x100000, end: 0x40000000, type: 'usable' },
      { start: 0x100000 * PAGE, end: 0x148000 * PAGE, type: 'usable' },
      { start: 0x150000 * PAGE, end: 0x160000 * PAGE, type: 'usable' },
    ],
    srat: [],
  });
}

/** Half of its first section is a hole: 0x144000 to 0x148000. */
function halfSection() {
  return q35({
    pages_per_block: 2 * SECTION, srat: [],
    e820: [
      { start: 0x100000, end: 0x40000000, type: 'usable' },
      { start: 0x100000 * PAGE, end: 0x144000 * PAGE, type: 'usable' },
      { start: 0x148000 * PAGE, end: 0x160000 * PAGE, type: 'usable' },
    ],
  });
}

const normal = (k: Kernel): Zone => at(at(k.state.nodes, 0).node_zones, ZONE_NORMAL);

describe.each(['v4.19', 'v5.4', 'v5.6'])('%s, a section that is not there', (version) => {
  test('the block stays online', () => {
    const k = bootKernel(version, [], machine());
    expect(store(k, 20, 'offline')).toBe(-22);
    expect(blockAt(k, 20).state).toBe('online');
    expect(normal(k).nr_isolate_pageblock).toBe(0);
  });

  test('it could not come back', () => {
    const k = bootKernel(version, [], machine());
    blockAt(k, 20).state = 'offline';
    expect(store(k, 20, 'online')).toBe(-16);
    expect(k.state.faults.map(({ fn }) => fn)).toEqual(['pages_correctly_probed']);
  });

  test('removable is asked of the section that is there', () => {
    const k = bootKernel(version, [], machine());
    expect(() => k.removable_show(blockAt(k, 20))).not.toThrow();
    expect(k.state.faults).toEqual([]);
  });
});

test('pageblocks that stay in the count: v4.17 all that were isolated, v5.1 to v5.4 none', () => {
  const left = ['v4.17', 'v5.1', 'v5.4'].map((version) => {
    const k = bootKernel(version, [], halfSection());
    expect(store(k, 20, 'offline')).toBe(0);
    return normal(k).nr_isolate_pageblock;
  });
  expect(left).toEqual([128, 0, 0]);
});

test.each(['v4.14', 'v4.17', 'v5.4'])('%s: a hole is no memory that comes back', (version) => {
  // Expect: present, managed and free pages fall by the System RAM of the block, and rise by it.
  const k = bootKernel(version, [], halfSection());
  const counts = () => [normal(k).present_pages, normal(k).managed_pages, normal(k).nr_free_pages];
  const before = counts();
  expect(store(k, 20, 'offline')).toBe(0);
  expect(counts()).toEqual(before.map((pages) => pages - 1.5 * SECTION));
  expect(normal(k).nr_isolated_pages).toBe(0);
  expect(store(k, 20, 'online')).toBe(0);
  expect(counts()).toEqual(before);
});

/** What is no RAM is reserved there, and who isolates takes reserved pages for unmovable ones. */
test('v4.18 to v4.20: a hole keeps its block online', () => {
  expect(store(bootKernel('v4.19', [], halfSection()), 20, 'offline')).toBe(-16);
});

test('from v5.5 on no block with a hole goes offline', () => {
  expect(store(bootKernel('v5.5', [], halfSection()), 20, 'offline')).toBe(-22);
});

//     [ reserved 1 MiB: page 0 and the BIOS are no memory ][ RAM ...
test.each(['v4.14', 'v4.15', 'v4.18', 'v4.19', 'v5.4'])('%s boots with DEBUG_VM', (version) => {
  // Expect: reserved holes are zeroed since v4.15 (before, all of the memmap was): no page that is
  // marked reserved still has its poison.
  const kconfig = { DEBUG_VM: 'y', DEBUG_VM_PGFLAGS: 'y' };
  expect(bootKernel(version, [], { ...machine(), kconfig }).state.faults).toEqual([]);
});

test.each([['v4.16', 'init'], ['v4.17', 'poison']] as const)(
  '%s, DEBUG_VM: struct pages of added memory are %s', (version, kind) => {
    const k = bootKernel(version, [],
      q35({ cmdline: 'memhp_default_state=offline', kconfig: { DEBUG_VM: 'y' } }));
    expect(addDimm(k, A)).toBe(0);
    const [run] = k.state.memmap.runs(A.block * SECTION, (A.block + 1) * SECTION);
    const named = { kind, nid: 1, reserved: true };
    expect(run?.content).toMatchObject(kind === 'init' ? named : { kind });
  });
