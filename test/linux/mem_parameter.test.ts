/**
 * mem=2G on a machine whose RAM ends at 2 GiB; a DIMM comes at 6 GiB, behind that limit:
 *
 *     0 ....... 2 GiB | mem=2G            6 GiB [ DIMM ]
 *
 * Expect: v5.1 to v5.6 refuse it with -E2BIG and nothing of it is left; others add it.
 */
import { expect, test } from 'vitest';
import { retText } from '../../src/observe/result_text.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { A, SECTION, bootKernel, drive, q35 } from './hotplug_machine.js';

const machine = q35({ cmdline: 'mem=2G' });

/** What the ACPI driver asks for; it makes -EINVAL of all that is refused. */
function add(k: Kernel) {
  return drive(k.__add_memory(0, A.block * SECTION, SECTION, 0));
}

test.each([
  ['v5.0', 0], ['v5.1', -7], ['v5.6', -7], ['v5.7', 0], ['v6.12', 0],
] as const)('%s: %i', (version, result) => {
  const k = bootKernel(version, [], machine);
  expect(add(k)).toBe(result);
  expect(k.state.memory_blocks.has(A.block)).toBe(result === 0);
  expect(k.state.system_ram.some(({ end }) => end > 6 * 2 ** 30)).toBe(result === 0);
});

test('without mem= there is no limit', () => {
  expect(add(bootKernel('v5.4', []))).toBe(0);
});

test('the result has its name', () => {
  expect(retText(-7)).toBe('-7 E2BIG');
});
