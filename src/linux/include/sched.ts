/** include/linux/sched.h: where a task lets others run. */
import type { Kernel, Preempt } from '../base/kernel.js';

/** @kernel include/linux/sched.h v7.3 reduced: the schedule decides whether somebody else runs */
export function* cond_resched(_k: Kernel): Preempt<void> {
  yield 'cond_resched';
}
