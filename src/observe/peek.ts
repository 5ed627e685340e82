/** Looking at the kernel through its own functions without leaving a trace. */
import type { Kernel } from '../linux/base/kernel.js';
import { KernelBug } from '../linux/base/fault.js';

/** What `look` gives; `undefined` when the kernel would have run into a BUG. */
export type Peek = <T>(look: () => T) => T | undefined;

const orBug: Peek = (look) => {
  try {
    return look();
  } catch (error) {
    if (error instanceof KernelBug) return undefined;
    throw error;
  }
};

/** Looks as often as `looks` wants; then costs, faults and log are as they were before. */
export function peeking<T>(k: Kernel, looks: (peek: Peek) => T): T {
  const { costs, faults, log } = k.state;
  const before = { ...costs };
  const faultsBefore = faults.length;
  const logBefore = log.length;
  try {
    return looks(orBug);
  } finally {
    Object.assign(costs, before);
    faults.length = faultsBefore;
    log.length = logBefore;
  }
}

/** One look. */
export function peek<T>(k: Kernel, look: () => T): T | undefined {
  return peeking(k, (one) => one(look));
}
