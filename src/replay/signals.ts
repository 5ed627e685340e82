/**
 * A recorded call that gave up with -EINTR was sent a signal, of which a recording has nothing
 * else.
 */
import { onceFor } from '../base/once.js';
import { EINTR } from '../linux/include/errno.js';
import type { Trace } from '../trace/trace.js';
import type { TracedCall } from './calls.js';
import { pageRowsOf } from './pages/events.js';

/** The trace has what the call came to, and tells of no signals. */
export function isSignalled(trace: Trace, { row, end }: TracedCall): boolean {
  return end !== undefined && trace.event(row) === 'offline' && trace.ret(end) === -EINTR
    && !tellsSignals(trace);
}

const tellsSignals = onceFor((trace: Trace): boolean =>
  pageRowsOf(trace).others.some((row) => trace.event(row) === 'signal'));

/**
 * Rows at which such signals come, with the task. One whose rows pace it has it before it undid
 * what it had done, after the last that is known of it before; one that runs at once has it when it
 * begins.
 */
export function signalRows(
  trace: Trace, calls: ReadonlyMap<number, TracedCall>,
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const { has, others } = pageRowsOf(trace);
  const { task } = trace.columns;
  for (const call of calls.values()) {
    if (!isSignalled(trace, call)) continue;
    const { row, end = row } = call;
    let last = row;
    for (const at of has || call.overlaps ? others : []) {
      if (at <= row || at >= end || task.get(at) !== task.get(row)) continue;
      if (trace.event(at) === 'undo_isolate_page_range') break;
      last = at;
    }
    found.set(last, trace.task(row));
  }
  return found;
}
