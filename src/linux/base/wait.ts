/** Waiting for a lock: what schedules and reports see of it. */
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

/** All steps one after the other, nobody else between them. */
export function atOnce<T>(steps: Preempt<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
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
