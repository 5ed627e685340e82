/**
 * Somebody allocates for a node that is possible and was never online:
 *
 *     node 0: 4 GiB, CPUs      node 1: nothing but a range for DIMMs
 *
 * Expect: to v5.17 there is no pgdat and the caller oopses; from v5.18 on, and once memory was
 * added, it is served.
 */
import { expect, test } from 'vitest';
import { A, addDimm, bootKernel, drive } from './hotplug_machine.js';
import type { Kernel, Preempt } from '../../src/linux/base/kernel.js';

function allocate(k: Kernel) {
  return drive((function* (): Preempt<string> {
    yield 'alloc_pages';
    return `node ${k.alloc_pages('GFP_KERNEL', 0, 1)?.nid}`;
  })());
}

test.each([['v5.10', 'oops'], ['v5.17', 'oops'], ['v5.18', 'node 0'], ['v6.12', 'node 0']])(
  '%s: %s', (version, outcome) => {
    expect(allocate(bootKernel(version, []))).toBe(outcome);
  });

test('memory that was added brings the pgdat', () => {
  const k = bootKernel('v5.17', []);
  addDimm(k, A);
  expect(allocate(k)).toBe('node 0');
});
