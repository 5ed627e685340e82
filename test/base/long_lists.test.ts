import { expect, test } from 'vitest';
import { maxOf, minOf, pushAll } from '../../src/base/long_lists.js';

test('a list as long as an input is no more than the stack can hold', () => {
  const many = Array.from({ length: 200_000 }, (_, index) => index);
  const list = [-1];
  pushAll(list, many);
  expect(list).toHaveLength(200_001);
  expect([minOf(list), maxOf(list)]).toEqual([-1, 199_999]);
});

test('of an empty list it is the limit', () => {
  expect([maxOf([], 0), minOf([], 5), maxOf([]), minOf([])]).toEqual([0, 5, -Infinity, Infinity]);
  expect([maxOf([-2], 0), minOf([9], 5)]).toEqual([0, 5]);
});
