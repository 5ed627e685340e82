/** What is "System RAM" when memory is removed. */
import { expect, test } from 'vitest';
import { kernelByHand } from './by_hand.js';

const BLOCK = 32768;
const FIRST = 0x1000000;

/** `0x1000000 2`: first pfn and blocks of the resources behind the boot memory. */
function added(k: ReturnType<typeof kernelByHand>): string[] {
  return k.state.system_ram.filter(({ start }) => start >= FIRST * 4096)
    .map(({ start, end }) => `0x${(start / 4096).toString(16)} ${(end - start) / 4096 / BLOCK}`);
}

/*
 *     |- added: 1 block -|- added: 3 blocks -|
 *
 * Expect: what one resource has all of is cut out of it, at its end or in its middle; a range that
 * reaches over two resources is none of either, and both stay.
 */
test('only a range that one resource has all of is released', () => {
  const k = kernelByHand({ version: 'v7.3', nodes: 1 });
  expect(k.register_memory_resource(FIRST, BLOCK)).toBe(0);
  expect(k.register_memory_resource(FIRST + BLOCK, 3 * BLOCK)).toBe(0);
  k.release_mem_region_adjustable(FIRST, 2 * BLOCK);
  expect(added(k)).toEqual(['0x1000000 1', '0x1008000 3']);
  k.release_mem_region_adjustable(FIRST + 2 * BLOCK, BLOCK);
  expect(added(k)).toEqual(['0x1000000 1', '0x1008000 1', '0x1018000 1']);
  k.release_mem_region_adjustable(FIRST, BLOCK);
  expect(added(k)).toEqual(['0x1008000 1', '0x1018000 1']);
});
