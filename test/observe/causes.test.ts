/** Causes of corrections as bits. Expect: one of its own for each, and back again. */
import { expect, test } from 'vitest';
import {
  causeBit, causesIn, correctionCauses, type CorrectionCause,
} from '../../src/observe/facts/causes.js';

const names = Object.keys(correctionCauses) as CorrectionCause[];

test('each cause is told from each other one', () => {
  for (const name of names) expect(causesIn(causeBit(name))).toEqual([name]);
  expect(causesIn(names.reduce((all, name) => all | causeBit(name), 0))).toEqual(names);
});
