/**
 * numa=fake= on a machine with two nodes, the smaller one with CPU 3 (recorded on 6.1 to 7.3):
 *
 *     0 [ node 0 .......... 900M ][ node 1 ..... 1600M ]
 *     4:    0    |   2            |  1                        in turn, if enough is left
 *     2U:   0    |   1            |  2       |  3             each in two parts
 *
 * Expect: the lines, and so the ranges, of the recorded kernels; CPU 3 belongs to all parts of its
 * node; before v4.19 the U counts for nothing.
 */
import { expect, test } from 'vitest';
import type { Machine } from '../../src/linux/base/machine.js';
import { bootKernel, q35 } from './hotplug_machine.js';

function boot(version: string, cmdline: string, extra: Partial<Machine> = {}) {
  return bootKernel(version, [], q35({
    e820: [
      { start: 0, end: 0x9fc00, type: 'usable' },
      { start: 0x100000, end: 0x63fe0000, type: 'usable' },
    ],
    srat: [
      { nid: 0, start: 0, end: 0xa0000, hotplug: false },
      { nid: 0, start: 0x100000, end: 0x38400000, hotplug: false },
      { nid: 1, start: 0x38400000, end: 0x64000000, hotplug: false },
      { nid: 1, start: 0x100000000, end: 0xc9c000000, hotplug: true },
    ],
    cpus: [0, 0, 0, 1], cmdline, ...extra,
  }));
}

const fours = [
  [0, 0x1000, 0x1a001000], [1, 0x38400000, 0x63fe0000], [2, 0x1a001000, 0x38400000],
] as const;
const halves = [
  [0, 0x1000, 0x1e001000], [1, 0x1e001000, 0x38400000],
  [2, 0x38400000, 0x4e400000], [3, 0x4e400000, 0x63fe0000],
] as const;

test.each([
  ['v6.18', '4', fours],
  ['v7.3', '2U', halves],
  ['v7.3', '300M', [
    [0, 0x1000, 0x14001000], [1, 0x38400000, 0x4a400000], [2, 0x14001000, 0x26001000],
    [3, 0x4a400000, 0x63fe0000], [4, 0x26001000, 0x38400000]]],
  // Up to v6.11 ranges begin at address 0 (6.1.0-57 with numa=fake=4 has these too).
  ['v4.18', '4U', [
    [0, 0, 0x1a000000], [1, 0x38400000, 0x63fe0000], [2, 0x1a000000, 0x38400000]]],
  ['v7.3', '0', [[0, 0x1000, 0x38400000], [1, 0x38400000, 0x63fe0000]]],
  // Its distances are not those of the firmware, and so no nodes are faked since v6.14 (7.3.4).
  ['v7.3', '2 numa=off', [[0, 0x1000, 0x63fe0000]]],
  ['v6.6', '2 numa=off', [[0, 0, 0x32000000], [1, 0x32000000, 0x63fe0000]]],
] as const)('%s, numa=fake=%s', (version, value, expected) => {
  const { boot: { numa_meminfo } } = boot(version, `numa=fake=${value}`).state;
  expect(numa_meminfo.map(({ nid, start, end }) => [nid, start, end])).toEqual(expected);
});

test('CPUs and distances follow the nodes that the faked ones are cut from', () => {
  const k = boot('v7.3', 'numa=fake=2U');
  expect([...k.state.cpu_to_node.values()]).toEqual([0, 0, 0, 2]);
  expect([0, 1, 2, 3].map((nid) => k.cpumask_of_node(nid)))
    .toEqual([[0, 1, 2], [0, 1, 2], [3], [3]]);
  // Node 3 gets N_CPU from nobody: CPU 3 is up too late for its other node.
  expect([...k.state.node_states.cpu].sort((a, b) => a - b)).toEqual([0, 1, 2]);
  expect([k.node_distance(0, 1), k.node_distance(1, 2)]).toEqual([10, 20]);
});

// Expect: the distances row by row, but for the last, which has no comma behind it, and those that
// make no sense; `U` ends what is read (recorded on 7.3, numa=fake=2:10,25,25,10 too).
test.each([
  ['2:10,25,30,10', [[10, 25], [30, 10]]],
  ['2:10,25,30', [[10, 25], [20, 10]]],
  ['2:11,300,30,', [[10, 20], [30, 10]]],
  ['900M:10,25,', [[10, 25], [20, 10]]],
  ['1U:10,25,30,', [[10, 20], [20, 10]]],
])('numa=fake=%s', (value, expected) => {
  const k = boot('v7.3', `numa=fake=${value}`);
  expect([0, 1].map((from) => [0, 1].map((to) => k.node_distance(from, to)))).toEqual(expected);
});

/**
 *     SRAT: [ node 0 ... ][ node 1 ... ] [ node 2: hotplug ]     numa=fake=2U: 0 0 1 1 and 2 as 4
 *
 * Expect: as recorded on 7.3: node 2 is found behind the faked ones, with the distances of the
 * node that counting from the last faked one comes to; without a SLIT the boot dies there.
 */
test('a node without memory at boot comes behind the faked ones', () => {
  const srat = [
    { nid: 0, start: 0, end: 0x38400000, hotplug: false },
    { nid: 1, start: 0x38400000, end: 0x64000000, hotplug: false },
    { nid: 2, start: 0x100000000, end: 0xc9c000000, hotplug: true },
  ];
  const distance = [[10, 25, 35], [25, 10, 45], [35, 45, 10]];
  const k = boot('v7.3', 'numa=fake=2U', { srat, distance });
  expect([...k.state.boot.pxm_to_node].sort()).toEqual([[0, 0], [1, 2], [2, 4]]);
  expect([0, 1, 2, 3].map((nid) => k.node_distance(4, nid))).toEqual([25, 25, 10, 10]);
  expect(() => boot('v7.3', 'numa=fake=2U', { srat })).toThrow('oops in numa_emulation');
  expect(boot('v6.13', 'numa=fake=2U', { srat }).state.faults).toEqual([]);
});

// Expect: no node is faked by a kernel that cannot.
//     memblock, movable_node: searched upwards | nodes are known: downwards again
//                             [ table of the SLIT ]  freed, and one of the faked nodes is far up
test.each([
  // Expect: with faked nodes no page at 1 MiB is kept (6.1, seed 22002: dma_reserve is 158).
  ['movable_node', [[10, 40], [40, 10]], true],
  ['movable_node numa=fake=3', [[10, 40], [40, 10]], false],
  ['movable_node numa=fake=3', [], false],
  ['numa=fake=3', [[10, 40], [40, 10]], false],
] as const)('%s, distances %j: a table at 1 MiB: %j', (cmdline, distance, isThere) => {
  const { state } = boot('v6.1', cmdline, { distance });
  const at = 0x100000;
  expect(state.boot.reserved.some(({ start, end }) => start <= at && at < end)).toBe(isThere);
  expect(state.boot.dma_reserve).toBe(isThere ? 159 : 158);
});

test('NUMA_EMU=n', () => {
  const k = boot('v7.3', 'numa=fake=4', { kconfig: { NUMA_EMU: 'n' } });
  expect(k.state.boot.numa_meminfo).toHaveLength(2);
});
