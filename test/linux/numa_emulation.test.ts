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
import { bootKernel, q35 } from './hotplug_machine.js';

function boot(version: string, cmdline: string) {
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
    cpus: [0, 0, 0, 1], cmdline,
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
