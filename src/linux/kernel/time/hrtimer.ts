/** kernel/time/hrtimer.c: timers. */
import type { Kernel } from '../../base/kernel.js';

/** struct hrtimer: calls `fn` once when its time has come. Made by its owner, started by k. */
export interface Hrtimer {
  /** Whose it is, for those who read reports: `virtio0`. */
  readonly name: string;
  readonly fn: (k: Kernel) => void;
  /** ns of the monotonic clock; undefined: it does not run. */
  expires_ns?: number | undefined;
}

/**
 * Starts the timer, or anew: it expires `delay_ns` from now.
 * @kernel kernel/time/hrtimer.c v7.3 reduced: relative times only
 */
export function hrtimer_start(k: Kernel, timer: Hrtimer, delay_ns: number): void {
  timer.expires_ns = k.state.now_ns + Math.max(0, delay_ns);
  k.state.timers.add(timer);
}

/** @returns whether it ran @kernel kernel/time/hrtimer.c v7.3 reduced: `fn` never runs now */
export function hrtimer_cancel(k: Kernel, timer: Hrtimer): boolean {
  timer.expires_ns = undefined;
  return k.state.timers.delete(timer);
}

/**
 * The timers whose time has come expire, the earliest first, of equal ones the one started first.
 * @kernel kernel/time/hrtimer.c v6.12 reduced: one queue for all CPUs
 */
export function hrtimer_run_queues(k: Kernel): void {
  const due = [...k.state.timers]
    .filter(({ expires_ns = Infinity }) => expires_ns <= k.state.now_ns)
    .sort((a, b) => (a.expires_ns ?? 0) - (b.expires_ns ?? 0));
  for (const timer of due) {
    // One that ran before may have cancelled it.
    if (k.hrtimer_cancel(timer)) timer.fn(k);
  }
}
