/** include/linux/sched/signal.h: signals of the task that runs. */
import type { Kernel } from '../../base/kernel.js';

/** The task that runs was sent a signal. @kernel include/linux/sched/signal.h v7.3 full */
export function signal_pending(k: Kernel): boolean {
  return k.state.signalled.has(k.state.current);
}

/**
 * The task that runs was sent a signal that will end it.
 * @kernel include/linux/sched/signal.h v7.3 full
 */
export function fatal_signal_pending(k: Kernel): boolean {
  return k.state.signalled.get(k.state.current) === 'fatal';
}
