import { describe, expect, test } from 'vitest';
import { missingForSpin, ourVerdict, spinVerdict } from '../../src/bench/explore.js';

const missing = missingForSpin();

describe.skipIf(missing.length > 0)('the race for Spin (needs spin and gcc)', () => {
  test.each([[1, true], [2, true], [2, false]])(
    'has the states of the full search: %i tasks, drained again: %s', async (tasks, redrain) => {
      const model = { tasks, redrain, reduced: false };
      expect(spinVerdict(model).states).toBe((await ourVerdict(model)).states);
    });

  test.each([true, false])('comes to the same verdict, drained again: %s', async (redrain) => {
    const model = { tasks: 2, redrain, reduced: true };
    expect([spinVerdict(model).hangs, (await ourVerdict(model)).hangs])
      .toEqual([!redrain, !redrain]);
  });
});
