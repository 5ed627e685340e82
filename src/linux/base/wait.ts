/** Waiting for a lock: what schedules and reports see of it. */
import { KernelBug } from './fault.js';
import type { Kernel, Preempt } from './kernel.js';

/**
 * The task stands at `at` and cannot run until `isFree`: who runs it asks `state.waiting`, which
 * says what the task that ran last waits for.
 */
export function* waitUntil(k: Kernel, at: string, isFree: () => boolean): Preempt<void> {
  while (!isFree()) {
    k.state.waiting = isFree;
    yield at;
  }
}

/** Steps of a call that nobody comes between; a machine with more CPUs and blocks has none. */
const STEPS_MAX = 1_000_000;

/**
 * All steps one after the other, nobody else between them. One that waits for what only somebody
 * else could give spins for ever: thrown as the fault that it is.
 */
export function atOnce<T>(steps: Preempt<T>): T {
  for (let count = 0; ; count += 1) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (count < STEPS_MAX) continue;
    throw new KernelBug({
      kind: 'hang', fn: step.value, text: 'waits for what somebody holds whom it interrupted' });
  }
}

/**
 * Around a call that does not sleep in a function that may: `yield* mightSleep(k.fn())`. Patches
 * can put code that sleeps before or after this call (`around`).
 */
export function* mightSleep<T>(result: T): Preempt<T> {
  const steps: unknown = result;
  return isSteps<T>(steps) ? yield* steps : result;
}

function isSteps<T>(value: unknown): value is Preempt<T> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value &&
    typeof (value as { next?: unknown }).next === 'function';
}
