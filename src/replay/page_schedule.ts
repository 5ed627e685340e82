/**
 * The order of things in a page-level trace. A hotplug call goes as far as the rows of its own task
 * say: each row that names a kernel function lets it run until it enters that function, and the `E`
 * row of the call lets it run to its end. A call that comes round its retry loop without anything
 * having changed meanwhile spins: it takes no step until something changes.
 */
import type { Kernel } from '../mm/kernel.js';
import type { Trace } from '../trace/trace.js';
import type { TracedCall } from './calls.js';
import { CallCounts } from './recorded_schedule.js';
import type { Schedule, Task } from './tasks.js';

/** Where offline_pages() begins another pass. */
const RETRY = 'cond_resched';

interface Pass {
  readonly changes: number;
  readonly tests: number;
}

export class PageLevelSchedule implements Schedule {
  readonly #trace: Trace;
  readonly #calls: ReadonlyMap<number, TracedCall>;
  readonly #counts: CallCounts;
  readonly #recorded = new CallCounts();
  readonly #kernel: () => Kernel;
  /** State at the begin of the last pass of each call that is in its retry loop. */
  readonly #passes = new Map<number, Pass>();
  #row = -1;
  #stepped = -1;

  constructor(
    trace: Trace, calls: ReadonlyMap<number, TracedCall>, counts: CallCounts,
    kernel: () => Kernel,
  ) {
    this.#trace = trace;
    this.#calls = calls;
    this.#counts = counts;
    this.#kernel = kernel;
  }

  next(runnable: readonly Task[], row: number): Task | undefined {
    if (row !== this.#row) this.#enterRow(row);
    const task = runnable.find((one) => this.#mayRun(one, row));
    if (task !== undefined) this.#step(task);
    return task;
  }

  /** The call goes round its loop and nothing can let it out but another task. */
  spins(task: Task): boolean {
    const last = this.#passes.get(task.row);
    if (task.at !== RETRY || last === undefined) return false;
    const now = this.#now();
    return now.changes === last.changes && now.tests > last.tests + 1;
  }

  #now(): Pass {
    const { pages, isolation_tests } = this.#kernel().state;
    return { changes: pages?.changes ?? 0, tests: isolation_tests.length };
  }

  #enterRow(row: number): void {
    this.#row = row;
    if (row >= this.#trace.length || this.#trace.phase(row) === 'E') return;
    this.#recorded.entered(this.#trace.task(row), this.#trace.event(row));
    if (this.#trace.event(row) === 'undo_isolate_page_range') this.#signal(row);
  }

  /** The recorded call gave up because of a signal: what sent it is not in the trace. */
  #signal(row: number): void {
    const call = [...this.#calls.values()].find((one) => one.end !== undefined &&
      one.row < row && row <= one.end && this.#trace.task(one.row) === this.#trace.task(row));
    if (call?.end !== undefined && this.#trace.ret(call.end) === -4) {
      this.#kernel().state.signal_pending = true;
    }
  }

  #step(task: Task): void {
    this.#stepped = task.row;
    if (task.at !== RETRY) return;
    const now = this.#now();
    const last = this.#passes.get(task.row);
    if (last === undefined || last.changes !== now.changes) this.#passes.set(task.row, now);
  }

  #mayRun(task: Task, row: number): boolean {
    const call = this.#calls.get(task.row);
    if (call === undefined) return true;
    const trace = this.#trace;
    const over = row >= trace.length || (call.end !== undefined && row >= call.end);
    if (over) return !this.spins(task);
    if (trace.task(row) !== task.name) return false;
    const event = trace.event(row);
    if (!(event in this.#kernel())) return false;
    if (this.#counts.of(task.name, event) >= this.#recorded.of(task.name, event)) return false;
    return event === 'test_pages_isolated' || !this.spins(task);
  }
}
