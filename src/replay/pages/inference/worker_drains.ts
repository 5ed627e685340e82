/**
 * A drain that was asked of each CPU's worker (drain_local_pages_wq(), before v6.0): which CPU's
 * turn it is says the task of the row.
 */
import type { Kernel } from '../../../linux/base/kernel.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { Trace } from '../../../trace/trace.js';

/** The row is of a worker of this CPU. */
export function isWorker(trace: Trace, row: number, cpu: number): boolean {
  const { task } = trace.columns;
  return (trace.strings[task.get(row)] as string).startsWith(`kworker/${cpu}:`);
}

/** A drain waits for the worker of this CPU, which empties its list now. */
export function isAwaited(
  trace: Trace, k: Kernel, pages: Pages, slot: number, row: number, cpu: number,
): boolean {
  if (k.state.drain_work?.cpus.includes(cpu) !== true) return false;
  return pages.arena.cpu[slot] === cpu && isWorker(trace, row, cpu);
}
