/**
 * phys_to_target_node() where memory of another node may come into a gap of node 0:
 *
 *     0        2G     2.5G      3G     4G        6G
 *     [ node 0 ]       [ node 2 ]      [ node 0 ]       the ranges of node 0 are joined
 *
 * Expect: node 0 to v6.19, node 2 from v7.0 on; where there is RAM it is node 0 always.
 */
import { expect, test } from 'vitest';
import { bootKernel, q35 } from './hotplug_machine.js';

const GiB = 2 ** 30;

test.each([
  ['v6.12', 0], ['v6.12.112', 2], ['v6.19', 0], ['v7.0', 2], ['v7.3', 2],
])('%s: node %i', (version, nid) => {
  const machine = q35();
  const k = bootKernel(version, [], {
    ...machine,
    srat: [...machine.srat, { nid: 2, start: 2.5 * GiB, end: 3 * GiB, hotplug: true }],
  });
  expect(k.phys_to_target_node(2.75 * GiB)).toBe(nid);
  expect(k.phys_to_target_node(GiB)).toBe(0);
  expect(k.phys_to_target_node(7 * GiB)).toBe(1);
  expect(k.phys_to_target_node(64 * GiB)).toBe(-1);
});
