/** Holds the model's own data against what must be so, after each row: `--check`. */
import { assert } from '../base/assert.js';
import { positionText } from '../base/errors.js';
import type { Kernel } from '../linux/base/kernel.js';
import { ownDataFaults } from '../observe/own_data.js';
import type { Trace } from '../trace/trace.js';
import { BOOT, type ReplayObserver } from './observer.js';

/** Throws Broken, which names the row. */
export function selfCheck(trace: Trace): ReplayObserver {
  const check = (row: number, k: Kernel): void => {
    for (const fault of ownDataFaults(k)) {
      const place = row === BOOT ? 'at boot'
        : `${positionText(trace.where(row))}: after ${trace.event(row)}`;
      assert(false, `${place}: ${fault}`);
    }
  };
  return {
    booted: (k) => check(BOOT, k),
    afterRow: check,
    end: (k) => check(trace.length - 1, k),
  };
}
