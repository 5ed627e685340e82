/** Calls whose own rows say how far they go. */
import { addTo } from '../base/long_lists.js';
import { onceFor } from '../base/once.js';
import * as functions from '../linux/functions.js';
import type { Trace } from '../trace/trace.js';
import type { TracedCall } from './calls.js';
import { pageRowsOf } from './pages/events.js';
import { scheduledBy } from './recorded_schedule.js';

/** By task, as a code: the rows of kernel functions that can say how far a call has come. */
const rowsByTask = onceFor((trace: Trace): ReadonlyMap<number, readonly number[]> => {
  const rows = new Map<number, number[]>();
  for (const row of pageRowsOf(trace).others) {
    const event = trace.event(row);
    if (!scheduledBy.has(event) || !Object.hasOwn(functions, event)) continue;
    addTo(rows, trace.columns.task.get(row), row);
  }
  return rows;
});

/**
 * The trace has rows of kernel functions that the call ran. One that has no end of its own is
 * written by hand and runs as far as it can.
 */
export function isPacedCall(trace: Trace, { row, end }: Pick<TracedCall, 'row' | 'end'>): boolean {
  if (trace.phase(row) !== 'B') return false;
  const own = rowsByTask(trace).get(trace.columns.task.get(row)) ?? [];
  return own.some((at) => at > row && at < (end ?? trace.length));
}
