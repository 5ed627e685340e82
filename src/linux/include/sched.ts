/** include/linux/sched.h: where a task lets others run. */
import type { Kernel, Preempt } from '../base/kernel.js';

/**
 * `where`: what schedules call the place, when it is not the retry loop of offline_pages().
 * @kernel include/linux/sched.h v7.3 reduced: the schedule decides whether somebody else runs; the
 *   worker that frees huge pages does
 */
export function* cond_resched(k: Kernel, where = 'cond_resched'): Preempt<void> {
  yield where;
  k.wait_for_freed_hugetlb_folios();
}
