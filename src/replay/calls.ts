/** Which rows of a trace belong to one call: its `B` row, its `E` row, and who runs it. */
import { onceFor } from '../base/once.js';
import { callMarks } from '../trace/call_marks.js';
import { eventTypes } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { pageRowsOf } from './pages/events.js';

export interface TracedCall {
  /** The `B` row, or the row of a point. */
  readonly row: number;
  /** The `E` row; undefined when the trace does not have it (or for a point). */
  readonly end: number | undefined;
  /** `auto=1`: another call makes this one by itself. */
  readonly auto: boolean;
  /** Other tasks' inputs come between the two rows. */
  readonly overlaps: boolean;
}

interface Open {
  readonly row: number;
  readonly key: string;
  readonly task: string;
  others: boolean;
}

function keyOf(trace: Trace, row: number): string {
  return `${trace.task(row)} ${trace.event(row)}`;
}

function* allRows(trace: Trace): Generator<number, void> {
  for (let row = 0; row < trace.length; row += 1) yield row;
}

/** Every call of an input event, by its first row; `rows` when only some rows can begin one. */
export function tracedCalls(
  trace: Trace, isInput: (row: number) => boolean, rows: Iterable<number> = allRows(trace),
): ReadonlyMap<number, TracedCall> {
  const calls = new Map<number, TracedCall>();
  const open: Open[] = [];
  const add = (one: Open, end: number | undefined): void => {
    const auto = callMarks(trace.args(one.row)).auto;
    calls.set(one.row, { row: one.row, end, auto, overlaps: one.others });
  };
  for (const row of rows) {
    if (!isInput(row)) continue;
    const phase = trace.phase(row);
    const key = keyOf(trace, row);
    if (phase === 'E') {
      const index = open.findLastIndex((one) => one.key === key);
      const [begun] = index < 0 ? [] : open.splice(index, 1);
      if (begun !== undefined) add(begun, row);
      continue;
    }
    const task = trace.task(row);
    for (const one of open) if (one.task !== task) one.others = true;
    const call = { row, key, task, others: false };
    if (phase === 'B') open.push(call);
    else add(call, undefined);
  }
  // A call without its end may still have been running when the trace ended.
  for (const one of open) add(one, undefined);
  return calls;
}

function isInput(trace: Trace): (row: number) => boolean {
  return (row) => eventTypes[trace.event(row)].role === 'input';
}

/** Calls of all inputs. */
export const inputCalls = onceFor((trace: Trace) => tracedCalls(trace, isInput(trace)));

/** Calls of inputs that are not about single pages. */
export const callsOfOthers = onceFor((trace: Trace) =>
  tracedCalls(trace, isInput(trace), pageRowsOf(trace).others));

/**
 * Is the call of row `inner`, which another call makes by itself, one of the call of row `outer`?
 * It comes before the end of that one; or, where the end that was seen is that of an inner function
 * (arch_add_memory), behind it, while its task has made no other call.
 */
export function isWithin(
  trace: Trace, calls: ReadonlyMap<number, TracedCall>, outer: number, inner: number,
): boolean {
  if (inner < outer) return false;
  const end = calls.get(outer)?.end;
  if (end === undefined || inner < end) return true;
  const task = trace.task(outer);
  if (trace.task(inner) !== task) return false;
  return ![...calls.values()].some((call) =>
    !call.auto && call.row > end && call.row < inner && trace.task(call.row) === task);
}
