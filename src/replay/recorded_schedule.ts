/**
 * The recorded order of things. A call that no other task's input interrupted runs to its end at
 * once. A call that was interrupted goes as far as its recorded rows say: each row of its task lets
 * it run until it enters the function the row names, and its `E` row lets it run to its end.
 */
import { eventTypes } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { TracedCall } from './calls.js';
import { EmptiedRanges } from './emptied_range.js';
import { pacedWorkOf, type DeviceWork } from './pages/device_work.js';
import { signalRows } from './signals.js';
import { RetryLoops } from './spin.js';
import type { Runnable, Schedule, Task } from './tasks.js';

/**
 * Functions whose recorded calls say how far an interrupted call has come. An input is no such row,
 * though a kernel function may have its name (remove_memory).
 */
export const scheduledBy: ReadonlySet<string> = new Set(
  Object.entries(eventTypes).filter(([, type]) => type.role === 'outcome').map(([name]) => name));

/** Steps that one recorded row lets a call take which never comes to what the row names. */
const STEPS_A_ROW = 64;

/** What is counted when a function returns. */
const left = (fn: string): string => `${fn} E`;

/** How often each kernel function was entered by each task, and was left. */
export class CallCounts {
  /** By task, then function. */
  readonly #counts = new Map<string, Map<string, number>>();

  left(task: string, fn: string): void {
    this.entered(task, left(fn));
  }

  /** The task is in the function, which it has left less often than by the other. */
  isToLeave(task: string, fn: string, other: CallCounts): boolean {
    const times = this.of(task, left(fn));
    return times < other.of(task, left(fn)) && times < this.of(task, fn);
  }

  entered(task: string, fn: string): void {
    const known = this.#counts.get(task) ?? new Map<string, number>();
    this.#counts.set(task, known.set(fn, (known.get(fn) ?? 0) + 1));
  }

  /** From now on the task is known to have entered what the other has for it. */
  align(task: string, other: CallCounts): void {
    this.#counts.set(task, new Map(other.#counts.get(task)));
  }

  of(task: string, fn: string): number {
    return this.#counts.get(task)?.get(fn) ?? 0;
  }
}

export class RecordedSchedule implements Schedule {
  readonly #trace: Trace;
  readonly #calls: ReadonlyMap<number, TracedCall>;
  readonly #counts: CallCounts;
  readonly #functions: ReadonlySet<string>;
  readonly #recorded = new CallCounts();
  readonly #loops: RetryLoops;
  readonly #kernel: () => Kernel;
  /** Of virtio-mem devices whose work others interrupt, by the row of what is asked for. */
  readonly #works: ReadonlyMap<number, DeviceWork>;
  /** Rows at which a signal comes for a task that takes memory offline. */
  readonly #signals: ReadonlyMap<number, string>;
  #row = -1;
  #steps = 0;

  /** `counts` is told of the calls of `functions`. */
  constructor(
    trace: Trace, calls: ReadonlyMap<number, TracedCall>, counts: CallCounts,
    functions: ReadonlySet<string>, kernel: () => Kernel,
  ) {
    this.#loops = new RetryLoops(kernel, new EmptiedRanges(trace, kernel));
    this.#kernel = kernel;
    this.#trace = trace;
    this.#calls = calls;
    this.#counts = counts;
    this.#functions = functions;
    this.#works = pacedWorkOf(trace);
    this.#signals = signalRows(trace, calls);
  }

  next(runnable: Runnable, row: number): Task | undefined {
    if (row !== this.#row) this.#enterRow(row);
    const task = runnable.find((one) => !this.#loops.spins(one) && this.#mayRun(one, row));
    if (task !== undefined) {
      this.#steps += 1;
      this.#loops.step(task);
    }
    return task;
  }

  cycle(task: Task): string | undefined {
    return this.#loops.cycle(task);
  }

  restsUntil({ row, name }: Task): number | undefined {
    if (this.#works.get(row)?.task === name) return undefined;
    const call = this.#calls.get(row);
    return call === undefined || !call.overlaps ? undefined : call.end ?? this.#trace.length;
  }

  #enterRow(row: number): void {
    const signalled = this.#signals.get(row);
    if (signalled !== undefined) this.#kernel().state.signalled.set(signalled, 'plain');
    this.#row = row;
    this.#steps = 0;
    // What the worker did before was for somebody else.
    for (const { first, task } of this.#works.values()) {
      if (first === row) this.#counts.align(task, this.#recorded);
    }
    if (row >= this.#trace.length) return;
    const [task, event] = [this.#trace.task(row), this.#trace.event(row)];
    if (this.#trace.phase(row) === 'E') this.#recorded.left(task, event);
    else this.#recorded.entered(task, event);
  }

  #mayRun(task: Task, row: number): boolean {
    const work = this.#works.get(task.row);
    const call = this.#calls.get(task.row);
    if (work?.task !== task.name) {
      if (call === undefined || !call.overlaps) return true;
    } else if (row < work.first) {
      // The work is queued at once.
      return task.at === '';
    }
    const end = work?.task === task.name ? work.last : call?.end;
    if (row >= this.#trace.length || (end !== undefined && row >= end)) return true;
    if (this.#trace.task(row) !== task.name || this.#steps >= STEPS_A_ROW) return false;
    const event = this.#trace.event(row);
    if (!this.#functions.has(event) || !(event in this.#kernel())) return false;
    // A worker that comes back lets go of the locks that another one waits for.
    if (work?.task === task.name && this.#counts.isToLeave(task.name, event, this.#recorded)) {
      return true;
    }
    return this.#counts.of(task.name, event) < this.#recorded.of(task.name, event);
  }
}
