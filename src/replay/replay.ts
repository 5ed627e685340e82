/**
 * Runs a trace on a kernel: boots the machine of its setup rows, calls the kernel function of
 * each input row, and lets observers look. Outcome rows are never replayed. Time is the trace's.
 */
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import type { KconfigSymbol } from '../linux/base/machine.js';
import { bindAll, compose, type CallWatcher } from '../patch/compose.js';
import type { Patch } from '../patch/define.js';
import { eventTypes, type EventName } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { impliedSymbols, watchedMachine } from './assumed.js';
import { BusyRanges } from './busy_ranges.js';
import { callsOfOthers, isWithin, type TracedCall } from './calls.js';
import { entryPoints } from './entry_points.js';
import { WORKER, hasWork, passTime, runOut, setClock } from './clock.js';
import { machineOf } from './machine.js';
import { BOOT, type InputResult, type ReplayObserver } from './observer.js';
import { deviceWorkOf, pacedWorkOf } from './pages/device_work.js';
import { isPageEvent } from './pages/events.js';
import { PageLevel } from './pages/page_level.js';
import { PageLevelSchedule } from './pages/schedule.js';
import { stillUsed } from './pages/still_used.js';
import { CallCounts, RecordedSchedule, scheduledBy } from './recorded_schedule.js';
import { selfCheck } from './self_check.js';
import { forgetUnmovable, takeRow } from './taken_rows.js';
import { Tasks, guarded, stepsFor, type Ended, type Schedule, type Task } from './tasks.js';
import { knownVersion } from './version.js';
import { WritingBefore, type GivenBefore } from './writing_before.js';
import { withoutHost } from '../patch/host.js';
import type { EventType } from '../trace/event_type.js';
import { driversWith, type Drivers, type Outcome } from './entry_point.js';
import { rowWords } from '../trace/row_words.js';

export type { InputResult, ReplayObserver } from './observer.js';
export { BOOT } from './observer.js';

export interface ReplayOptions {
  /** Base version: `v6.1`; see versionOf(). */
  readonly version: string;
  readonly series: readonly Patch[];
  /** Told in this order. */
  readonly observers?: readonly ReplayObserver[];
  /** Who runs when calls overlap; absent: as the recorded rows say. */
  readonly schedule?: Schedule;
  /** Gets the Kconfig symbols that are asked for and that the trace does not give. */
  readonly asked?: Set<KconfigSymbol>;
  /** Preemption points after which a call counts as an endless loop. */
  readonly steps?: number;
  /** Hold the model's own data against what must be so, after each row: see selfCheck(). */
  readonly check?: boolean;
  /** For a caller that asks it afterwards; made when the trace has page-level events. */
  readonly pageLevel?: PageLevel;
}

/** The role of a row's event. */
export function roleOf(trace: Trace, row: number): EventType['role'] {
  return eventTypes[trace.event(row)].role;
}

/** What a worker does. */
function* work(k: Kernel): Preempt<Outcome> {
  yield* k.process_one_work();
  return {};
}

/** The kernel after the last row. A BUG of the modelled kernel is in `state.faults`. */
export function replay(trace: Trace, options: ReplayOptions): Kernel {
  const run = (): Kernel => new Replay(trace, options).run();
  return options.series.length === 0 ? run() : withoutHost(run);
}

class Replay {
  readonly #trace: Trace;
  readonly #observers: readonly ReplayObserver[];
  readonly #calls: ReadonlyMap<number, TracedCall>;
  readonly #counts = new CallCounts();
  readonly #schedule: Schedule;
  readonly #drivers: Drivers;
  readonly #busy = new BusyRanges();
  readonly #k: Kernel;
  readonly #pageLevel: PageLevel | undefined;
  readonly #tasks: Tasks;
  readonly #before: WritingBefore;
  /** Work of drivers that a timer began: no row waits for what it comes to. */
  readonly #work = new Set<Task>();
  #row = BOOT;
  /** The last row was replayed; the kernel may be run on by somebody else. */
  #over = false;

  /** `given`: of a replay that finds out what was written before the recording. */
  constructor(trace: Trace, options: ReplayOptions, given?: GivenBefore) {
    this.#trace = trace;
    const { observers = [], check = false } = options;
    // First, for nobody else can trust lists that are broken.
    this.#observers = check ? [selfCheck(trace), ...observers] : observers;
    const recorded = knownVersion(trace.header) ?? options.version;
    this.#before = new WritingBefore(trace, given, (row, written) =>
      new Replay(trace, { version: recorded, series: [] }, written).#runTo(row));
    this.#calls = callsOfOthers(trace);
    this.#pageLevel = options.pageLevel ?? PageLevel.of(trace, options.series);
    this.#schedule = options.schedule ?? this.#recordedSchedule();
    this.#drivers = driversWith(this.#autoOnline());
    const machine = machineOf(trace);
    const watched = watchedMachine(
      machine, options.asked ?? new Set(), impliedSymbols(trace, machine));
    this.#k = compose(options.version, options.series, watched, this.#watcher(),
      { ...this.#busy.standIns, ...this.#pageLevel?.standIns });
    this.#tasks = new Tasks(this.#k, () => this.#now(), (row) =>
      options.steps ?? stepsFor(this.#k, trace.nr_pages(row)),
    (task) => this.#schedule.restsUntil?.(task));
    if (this.#pageLevel === undefined) return;
    this.#pageLevel.holds.tasks = this.#tasks;
    bindAll(this.#k);
  }

  run(): Kernel {
    const k = this.#k;
    for (const observer of this.#observers) observer.composed?.(k);
    const dead = guarded(BOOT, () => k.start_kernel());
    this.#takeAtBoot();
    for (const observer of this.#observers) observer.booted?.(k);
    // A kernel that does not boot runs nothing.
    if (dead === undefined) {
      this.#pageLevel?.booted(k);
      for (let row = this.#pageEvents(0); row < this.#trace.length;) {
        this.#replayRow(row);
        row = this.#pageEvents(row + 1);
      }
      this.#row = this.#trace.length;
      this.#settle();
      runOut(this.#k, () => this.#tasks.inFlight.length > 0, () => this.#goOn());
      this.#noteSpinning();
    }
    this.#over = true;
    this.#pageLevel?.over();
    for (const observer of this.#observers) observer.end?.(k);
    return k;
  }

  /** Replays up to the first snapshot. */
  #runTo(end: number): Kernel {
    if (guarded(BOOT, () => this.#k.start_kernel()) === undefined) {
      this.#takeAtBoot();
      for (let row = 0; row < end; row += 1) this.#replayRow(row);
    }
    this.#over = true;
    return this.#k;
  }

  #recordedSchedule(): Schedule {
    const kernel = (): Kernel => this.#k;
    return this.#pageLevel === undefined
      ? new RecordedSchedule(this.#trace, this.#calls, this.#counts, scheduledBy, kernel)
      : new PageLevelSchedule(
        this.#trace, this.#calls, this.#counts, kernel, this.#pageLevel.moved);
  }

  /**
   * A call that still goes round its retry loop has not come to an end, and will not; one that
   * waits for a page that somebody had before it began could end under no kernel.
   */
  #noteSpinning(): void {
    for (const task of this.#tasks.inFlight) {
      if (this.#trace.event(task.row) === 'offline') this.#countTime(task.row);
      const schedule = this.#schedule;
      const text = schedule.cycle?.(task);
      if (text === undefined) continue;
      const isPaced = schedule instanceof PageLevelSchedule && schedule.isPaced(task);
      const { pages } = this.#k.state;
      const used = pages === undefined ? undefined
        : stillUsed(this.#trace, task.row, pages, isPaced);
      if (used !== undefined) {
        for (const observer of this.#observers) observer.unended?.(task.row, used);
        continue;
      }
      this.#k.state.faults.push({ kind: 'hang', fn: 'offline_pages', text });
    }
  }

  /**
   * Replays page-level rows, which nobody else is told of; the first other row. A call that the
   * trace has no rows of can go on after each of them.
   */
  #pageEvents(row: number): number {
    const level = this.#pageLevel;
    if (level === undefined) return row;
    let from = row;
    while (this.#mayGoOn()) {
      const next = level.run(from, 1);
      const stopped = next === from;
      if (stopped && !level.stopped(next)) return next;
      from = next;
      this.#row = stopped ? next : next - 1;
      this.#settle();
    }
    for (;;) {
      const next = level.run(from);
      if (next >= this.#trace.length || !level.stopped(next)) return next;
      this.#row = next;
      this.#settle();
      from = next;
    }
  }

  #mayGoOn(): boolean {
    const schedule = this.#schedule;
    return schedule instanceof PageLevelSchedule &&
      this.#tasks.runnable.find((task) => !schedule.isPaced(task)) !== undefined;
  }

  /** Functions that somebody wants to be told of. */
  #watcher(): CallWatcher {
    const overlap = this.#pageLevel !== undefined || pacedWorkOf(this.#trace).size > 0 ||
      [...this.#calls.values()].some((call) => call.overlaps);
    const names = this.#observers.flatMap((observer) => [...observer.functions ?? []]);
    const observers = this.#observers;
    const told = new Map([...new Set(names)].map((fn) =>
      [fn, observers.filter(({ functions }) => functions?.has(fn) === true)]));
    return {
      functions: new Set([...names, ...(overlap ? scheduledBy : [])]),
      enter: (fn, args) => {
        const task = this.#tasks.current;
        if (overlap && !this.#over) this.#counts.entered(task, fn);
        for (const one of told.get(fn) ?? []) one.enter?.(fn, args, this.#row, task);
      },
      leave: (fn, result) => {
        const task = this.#tasks.current;
        if (overlap && !this.#over) this.#counts.left(task, fn);
        for (const one of told.get(fn) ?? []) one.leave?.(fn, result, this.#row, task);
      },
      patched: (fn, patch) => {
        for (const one of observers) one.patched?.(fn, patch, this.#row);
      },
      substituted: (caller, callee, patch) => {
        for (const one of observers) one.substituted?.(caller, callee, patch, this.#row);
      },
      switchRead: (name) => observers.forEach((one) => one.switchRead?.(name)),
    };
  }

  /** ns by the clock of the trace. */
  #now(): number {
    const row = Math.min(this.#row, this.#trace.length - 1);
    return row < 0 ? 0 : this.#trace.time_ns(row);
  }

  /** A timer has expired, or time has passed: who waited for that runs. */
  #goOn(): void {
    const k = this.#k;
    if (hasWork(k)) {
      const row = this.#lastOf('virtio_mem_config_changed');
      this.#work.add(this.#tasks.start(row, WORKER, work(k)));
    }
    this.#settle();
  }

  /** The last row of this event so far. */
  #lastOf(event: EventName): number {
    let row = Math.min(this.#row, this.#trace.length - 1);
    while (row > 0 && this.#trace.event(row) !== event) row -= 1;
    return row;
  }

  #replayRow(row: number): void {
    const k = this.#k;
    passTime(k, this.#trace.time_ns(row), () => this.#goOn());
    this.#row = row;
    for (const observer of this.#observers) observer.beforeRow?.(row, k);
    const role = roleOf(this.#trace, row);
    this.#before.beforeRow(this.#k, row);
    this.#pageLevel?.beforeRow(row);
    if (role === 'input') this.#input(row);
    else if (role === 'taken') takeRow(this.#k, this.#busy, this.#trace, row);
    else if (this.#trace.event(row) === 'tracing_mark_write') this.#begin();
    this.#settle();
    for (const observer of this.#observers) observer.afterRow?.(row, k);
  }

  /** A step begins: what is in its way is told in it, what was in that of others may be gone. */
  #begin(): void {
    if (this.#tasks.inFlight.length === 0) forgetUnmovable(this.#k);
  }

  #input(row: number): void {
    const call = this.#calls.get(row);
    if (call === undefined || call.auto) return;
    const event = this.#trace.event(row);
    if (event === 'hold' || event === 'unhold') this.#hold(row, event);
    const entry = entryPoints[event];
    if (entry === undefined) return;
    const task = this.#taskOf(row);
    this.#tasks.current = task;
    const input = { trace: this.#trace, row, drivers: this.#drivers };
    const begun = guarded(row, () => entry(this.#k, input));
    if (Symbol.iterator in begun) this.#tasks.start(row, task, begun);
    else this.#ended('row' in begun ? begun : { row, outcome: begun });
  }

  /** Who does what the row says: it may leave it to a worker. */
  #taskOf(row: number): string {
    const works = this.#schedule instanceof PageLevelSchedule ? deviceWorkOf(this.#trace)
      : this.#schedule instanceof RecordedSchedule ? pacedWorkOf(this.#trace) : undefined;
    return works?.get(row)?.task ?? this.#trace.task(row);
  }

  /** A task stops at a preemption point, or goes on; pages that are held have no task yet. */
  #hold(row: number, event: 'hold' | 'unhold'): void {
    const { task, at = '', nth = 1 } = rowWords(this.#trace, row, 'hold');
    if (task === undefined) return;
    if (event === 'hold') this.#tasks.hold(task, { at, nth });
    else this.#tasks.unhold(task);
  }

  /** Lets calls in flight run as far as the schedule says. */
  #settle(): void {
    setClock(this.#k, this.#now());
    const row = this.#row;
    this.#tasks.atRow(row, row >= 0 && row < this.#trace.length ? this.#trace.task(row) : '');
    for (;;) {
      if (this.#tasks.inFlight.length === 0) return;
      const task = this.#schedule.next(this.#tasks.runnable, this.#row);
      if (task === undefined) return;
      const ended = this.#tasks.step(task);
      if (ended !== undefined && !this.#work.delete(task)) this.#ended(ended);
    }
  }

  #ended({ row, outcome, fault, waits }: Ended): void {
    // The rest of a free or an allocation that was held.
    if (isPageEvent[this.#trace.columns.event.get(row)] === 1) return;
    if (this.#trace.event(row) === 'offline') this.#countTime(row);
    const result: InputResult = {
      row, ret: outcome.ret,
      ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
      ...(waits === undefined ? {} : { waits }),
      ...(fault === undefined ? {} : { fault }),
    };
    for (const observer of this.#observers) observer.result?.(result, this.#k);
  }

  /** The call of this row ends where the replay is now. */
  #countTime(row: number): void {
    const now = this.#trace.time_ns(Math.min(this.#row, this.#trace.length - 1));
    this.#k.state.costs.ms_going_offline += Math.floor((now - this.#trace.time_ns(row)) / 1e6);
  }

  /** Free pages after boot: the first snapshot's rows come before the first input. */
  #takeAtBoot(): void {
    for (let row = 0; row < this.#trace.length; row += 1) {
      const role = roleOf(this.#trace, row);
      if (role === 'input') return;
      if (role === 'taken') takeRow(this.#k, this.#busy, this.#trace, row);
    }
  }

  /** What the adds of this trace onlined by themselves; see Drivers.autoOnline. */
  #autoOnline(): Drivers['autoOnline'] {
    const autos = [...this.#calls.values()].filter((call) => call.auto);
    if (autos.length === 0) return () => undefined;
    return (row) => {
      const inside = autos.find((auto) => isWithin(this.#trace, this.#calls, row, auto.row));
      const type = inside === undefined ? undefined : this.#trace.event(inside.row);
      return type === 'online_kernel' || type === 'online_movable' || type === 'online'
        ? type : 'offline';
    };
  }
}
