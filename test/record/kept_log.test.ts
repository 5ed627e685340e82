/**
 * A guest whose log overflows while it is recorded:
 *
 *     read first    boot  add  dump
 *     read again               dump  dump  online          the ring has dropped boot and add
 *
 * Expect: what either has, once, in order.
 */
import { expect, it } from 'vitest';
import { keptLog } from '../../src/record/kept_log.js';

const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

it.each([
  ['first', [], ['boot', 'add'], ['boot', 'add']],
  ['nothing dropped', ['boot', 'add'], ['boot', 'add', 'dump'], ['boot', 'add', 'dump']],
  ['the oldest dropped', ['boot', 'add', 'dump'], ['dump', 'dump', 'online'],
    ['boot', 'add', 'dump', 'dump', 'online']],
  ['of equal lines the last', ['boot', 'dump', 'add', 'dump'], ['dump', 'online'],
    ['boot', 'dump', 'add', 'dump', 'online']],
  ['all dropped', ['boot', 'add'], ['dump', 'online'], ['boot', 'add', 'dump', 'online']],
  ['nothing read', ['boot'], [], ['boot']],
] as const)('%s', (_what, before, now, expected) => {
  expect(keptLog(text(...before), text(...now))).toBe(text(...expected));
});
