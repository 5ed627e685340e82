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
