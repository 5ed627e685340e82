/**
 * Runs a trace on a kernel: boots the machine of its setup rows, calls the kernel function of
 * each input row, and lets observers look. Outcome rows are never replayed. Time is the trace's.
 */
import type { Kernel } from '../mm/kernel.js';
import type { Patch } from '../patch/define.js';
import type { Trace } from '../trace/trace.js';
import type { ReplayObserver } from './observer.js';
import type { Schedule } from './tasks.js';

export interface ReplayOptions {
  /** Base version: `v6.1`; see versionOf(). */
  readonly version: string;
  readonly series: readonly Patch[];
  /** Told in this order. */
  readonly observers?: readonly ReplayObserver[];
  /** Who runs when calls overlap; absent: as the recorded rows say. */
  readonly schedule?: Schedule;
}
export declare function replay(trace: Trace, options: ReplayOptions): Kernel;
