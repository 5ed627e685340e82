/** include/linux/hrtimer.h: timers, as others ask for them. */
import type { Kernel } from '../base/kernel.js';
import type { Hrtimer } from '../kernel/time/hrtimer.js';

/** It runs. @kernel include/linux/hrtimer.h v6.12 full */
export function hrtimer_active(k: Kernel, timer: Hrtimer): boolean {
  return k.state.timers.has(timer);
}
