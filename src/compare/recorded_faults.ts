/** BUGs, oopses and warnings that were recorded in functions of the model. */
import type { Trace } from '../trace/trace.js';
import { FaultLines } from './facts/log_faults.js';

export interface RecordedFault {
  /** `oops in unregister_memory_block_under_nodes`. */
  readonly subject: string;
  readonly text: string;
  /** The task died. */
  readonly fatal: boolean;
}

/** By the row of the line that names the function. */
export function recordedFaults(
  trace: Trace, functions: ReadonlySet<string>,
): ReadonlyMap<number, RecordedFault> {
  const faults = new Map<number, RecordedFault>();
  const lines = new FaultLines();
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) !== 'printk') continue;
    const fault = lines.line(trace.args(row));
    if (fault === undefined || fault === 'head' || !functions.has(fault.fn)) continue;
    const { kind, fn, text } = fault;
    faults.set(row, { subject: `${kind} in ${fn}`, text, fatal: kind !== 'warning' });
  }
  return faults;
}
