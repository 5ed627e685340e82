/** Numbers of memory groups: the lowest that is free, whatever was given back before. */
import { expect, test } from 'vitest';
import { EINVAL } from '../../src/linux/include/errno.js';
import { bootKernel, q35 } from './hotplug_machine.js';

test('a group has the lowest number that none has', () => {
  const k = bootKernel('v6.12', [], q35());
  const register = (pages: number): number => k.memory_group_register_static(0, pages);
  expect([1, 2, 3, 4].map(register)).toEqual([0, 1, 2, 3]);
  expect([k.memory_group_unregister(2), k.memory_group_unregister(0)]).toEqual([0, 0]);
  //   number   0  1  2  3
  //   pages    -  2  -  4
  // Expect: those that are left are found, the others are not; new ones fill the places.
  const pagesOf = (mgid: number) => k.memory_group_find_by_id(mgid)?.max_pages;
  expect([0, 1, 2, 3, 4].map(pagesOf)).toEqual([undefined, 2, undefined, 4, undefined]);
  expect(k.memory_group_unregister(2)).toBe(-EINVAL);
  expect([5, 6, 7].map(register)).toEqual([0, 2, 4]);
  expect([0, 1, 2, 3, 4].map(pagesOf)).toEqual([5, 2, 6, 4, 7]);
});
