/** Which rows of a trace belong to one call: its `B` row, its `E` row, and who runs it. */
import { addTo } from '../base/long_lists.js';
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

/** A call that has begun. */
interface Open {
  readonly row: number;
  readonly key: string;
  readonly task: string;
  /** Calls that had begun then, with this one: of all tasks, and of its own. */
  readonly all: number;
  readonly own: number;
}

/** Calls that have begun and have not ended; each row costs the same however many there are. */
class OpenCalls {
  #all = 0;
  /** By task: its calls so far. */
  readonly #own = new Map<string, number>();
  /** By key, those that are open: the last one ends first. */
  readonly #open = new Map<string, Open[]>();

  begin(row: number, key: string, task: string): Open {
    this.#all += 1;
    const own = (this.#own.get(task) ?? 0) + 1;
    this.#own.set(task, own);
    return { row, key, task, all: this.#all, own };
  }

  goesOn(call: Open): void {
    addTo(this.#open, call.key, call);
  }

  end(key: string): Open | undefined {
    return this.#open.get(key)?.pop();
  }

  /** Another task's call has begun since. */
  overlaps({ all, own, task }: Open): boolean {
    return this.#all - all > (this.#own.get(task) ?? 0) - own;
  }

  get left(): readonly Open[] {
    return [...this.#open.values()].flat().sort((a, b) => a.row - b.row);
  }
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
  const open = new OpenCalls();
  const add = (one: Open, end: number | undefined): void => {
    const auto = callMarks(trace.args(one.row)).auto;
    calls.set(one.row, { row: one.row, end, auto, overlaps: open.overlaps(one) });
  };
  for (const row of rows) {
    if (!isInput(row)) continue;
    const phase = trace.phase(row);
    const key = keyOf(trace, row);
    if (phase === 'E') {
      const begun = open.end(key);
      if (begun !== undefined) add(begun, row);
      continue;
    }
    const call = open.begin(row, key, trace.task(row));
    if (phase === 'B') open.goesOn(call);
    else add(call, undefined);
  }
  // A call without its end may still have been running when the trace ended.
  for (const one of open.left) add(one, undefined);
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
