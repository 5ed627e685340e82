/**
 * Where two logs part.
 *
 *     row 3   one: a, b      other: a
 *     row 4   one: c, d      other: d, c
 *
 * Expect: the lines that only one has, as often as it has more of them; of the same lines in
 * another order that it is the order.
 */
import { expect, test } from 'vitest';
import { logParting } from '../../src/observe/log_parting.js';
import type { Observation } from '../../src/observe/observation.js';

const said = (row: number, value: string): Observation =>
  ({ row, kind: 'log', subject: 'log', value });

test('the lines of one alone, the first row where there are some', () => {
  const [one, other] = [[said(1, 'x'), said(3, 'a\nb')], [said(1, 'x'), said(3, 'a')]];
  expect(logParting(one, other)).toEqual({ row: 3, first: ['b'], second: [] });
  expect(logParting(other, one)).toEqual({ row: 3, first: [], second: ['b'] });
  expect(logParting(one, one)).toBeUndefined();
});

test('a row at which one of them is silent', () => {
  expect(logParting([said(5, 'a')], [said(4, 'z'), said(5, 'a')]))
    .toEqual({ row: 4, first: [], second: ['z'] });
});

test('a line that one prints more often', () => {
  expect(logParting([said(3, 'a\na')], [said(3, 'a')]))
    .toEqual({ row: 3, first: ['a'], second: [] });
});

test('the same lines in another order', () => {
  expect(logParting([said(4, 'c\nd')], [said(4, 'd\nc')]))
    .toEqual({ row: 4, first: [], second: [] });
});
