/** drivers/base/node.c: who watches nodes can refuse their first and their last memory. */
import { describe, expect, it } from 'vitest';
import type { NodeAction } from '../../src/linux/include/node.js';
import { A, addDimm, blockAt, bootKernel, drive } from './hotplug_machine.js';

describe('the chain of nodes that get their first memory or lose their last', () => {
  /** Machine: node 1 has no memory, then a DIMM of one block. */
  function dimm(version: string, vetoes: NodeAction) {
    const k = bootKernel(version, []);
    const told: string[] = [];
    k.state.node_notifiers.push((action, nid) => {
      told.push(`${action} ${nid}`);
      return action === vetoes ? -16 : 0;
    });
    addDimm(k, A);
    return { k, told, block: blockAt(k, A.block) };
  }

  // Expect: a veto stops the first online and the last offline, from v6.17 on.
  it.each([['v6.16', 0], ['v6.17', -16], ['v7.3', -16]] as const)('%s: it gets %i', (id, ret) => {
    const first = dimm(id, 'NODE_ADDING_FIRST_MEMORY');
    expect(drive(first.k.memory_subsys_online(first.block, 'online_movable'))).toBe(ret);
    const last = dimm(id, 'NODE_REMOVING_LAST_MEMORY');
    expect(drive(last.k.memory_subsys_online(last.block, 'online_movable'))).toBe(0);
    expect(drive(last.k.memory_subsys_offline(last.block))).toBe(ret);
    expect(last.told).toEqual(ret === 0 ? [] : [
      'NODE_ADDING_FIRST_MEMORY 1', 'NODE_ADDED_FIRST_MEMORY 1', 'NODE_REMOVING_LAST_MEMORY 1',
      'NODE_CANCEL_REMOVING_LAST_MEMORY 1',
    ]);
  });
});
