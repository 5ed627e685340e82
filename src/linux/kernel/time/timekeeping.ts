/** kernel/time/timekeeping.c: the clock of the machine. */
import type { Kernel } from '../../base/kernel.js';

/**
 * ns since the machine booted. Who asks in a loop makes time count: its user lets it go on.
 * @kernel kernel/time/timekeeping.c v7.3 reduced: time stands still between two inputs and timers
 */
export function ktime_get(k: Kernel): number {
  k.state.clock_reads += 1;
  return k.state.now_ns;
}
