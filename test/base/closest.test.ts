import { expect, test } from 'vitest';
import { closest, didYouMean } from '../../src/base/closest.js';

const ids = ['zonelists/managed_zone', 'zonelists/populated_zone', 'zonelists/all_zones'];

test('a slip of the finger is near, an unrelated word is not', () => {
  expect(closest('zonelists/populatd_zone', ids)).toEqual(['zonelists/populated_zone']);
  expect(closest('zonelists/popluated_zone', ids)).toEqual(['zonelists/populated_zone']);
  expect(closest('offline', ids)).toEqual([]);
});

test('the last part of an id, and its beginning, is enough', () => {
  expect(closest('all_zones', ids)).toEqual(['zonelists/all_zones']);
  expect(closest('popul', ids)).toEqual(['zonelists/populated_zone']);
});

test('the end of a message names what is near, or nothing', () => {
  expect(didYouMean('all_zone', ids)).toBe('; did you mean zonelists/all_zones?');
  expect(didYouMean('xyz', ids)).toBe('');
});
