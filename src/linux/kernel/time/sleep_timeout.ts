/** kernel/time/sleep_timeout.c: tasks that sleep for a while. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { waitUntil } from '../../base/wait.js';
import type { Hrtimer } from './hrtimer.js';

const NS_PER_MS = 1e6;

/**
 * The task sleeps, whatever signals come.
 * @kernel kernel/time/sleep_timeout.c v7.3 reduced: no jiffies, it wakes up to the nanosecond
 */
export function* msleep(k: Kernel, ms: number): Preempt<void> {
  const timer: Hrtimer = { name: k.state.current, fn: () => {} };
  k.hrtimer_start(timer, ms * NS_PER_MS);
  yield* waitUntil(k, 'msleep', () => timer.expires_ns === undefined);
}
