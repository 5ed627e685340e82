/**
 * Calls in flight: one generator for each call that sleeps, advanced from one preemption point to
 * the next by a schedule.
 */
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import { pageblock_nr_pages } from '../linux/include/mmzone.js';
import { KernelBug, type KernelFault } from '../linux/base/fault.js';
import type { Outcome } from './entry_point.js';
import { Rest } from './rest.js';

/** Steps after which a call counts as an endless loop, and how many more for each pageblock. */
const STEPS_MAX = 100_000;
const STEPS_A_PAGEBLOCK = 16;

/**
 * A call about a whole DIMM or device stops at several points for each pageblock of each of its
 * blocks; no call is about more than the blocks that there are.
 */
export function stepsFor(k: Kernel, nr_pages: number): number {
  const { memory_blocks } = k.state;
  const [any] = memory_blocks.values();
  const most = memory_blocks.size * (any?.nr_pages ?? 0);
  const pageblocks = Math.ceil(Math.min(nr_pages || 0, most) / pageblock_nr_pages);
  return STEPS_MAX + STEPS_A_PAGEBLOCK * pageblocks;
}

/** A lock that a call waited for. */
export interface Wait {
  readonly lock: string;
  /** By the clock of the trace. */
  readonly ns: number;
}

/** Where a task is to stop. */
export interface Hold {
  /** Name of the preemption point. */
  readonly at: string;
  /** It stops when it comes there for this time. */
  readonly nth: number;
}

/** A call in flight. */
export interface Task {
  /** The row that began it. */
  readonly row: number;
  /** The traced task: `udevd-311`. */
  readonly name: string;
  /** The preemption point it stands at; '' before its first step. */
  readonly at: string;
  readonly steps: number;
  /** It waits for a lock, which another call in flight holds. */
  readonly blocked: boolean;
  /** The trace holds it at this preemption point. */
  readonly held: boolean;
}

/** Calls that can take a step, in the order in which they began; looked through, never copied. */
export interface Runnable {
  find(isMeant: (task: Task) => boolean): Task | undefined;
}

/** Who runs next. */
export interface Schedule {
  /**
   * Which of the runnable calls takes its next step, now that `row` was replayed; undefined: none,
   * the next row comes first. Asked again after each step. After the last row (`row` is the number
   * of rows) undefined leaves the rest unfinished.
   */
  next(runnable: Runnable, row: number): Task | undefined;
  /**
   * The row before which the call takes no step but at rows of its own task, however often it is
   * asked; undefined: it may be asked at any row. Of a call that has just begun.
   */
  restsUntil?(task: Task): number | undefined;
  /** In words, the cycle that a call goes round which does not end; undefined: it does not. */
  cycle?(task: Task): string | undefined;
}

export interface Ended {
  readonly row: number;
  readonly outcome: Outcome;
  /** In order; those that took no time are left out. */
  readonly waits?: readonly Wait[];
  readonly fault?: KernelFault;
}

class Running implements Task {
  readonly row: number;
  readonly name: string;
  readonly body: Preempt<Outcome>;
  /** Steps after which it counts as endless, for the blocks that there were when it began. */
  most: number;
  readonly waits: Wait[] = [];
  at = '';
  steps = 0;
  /** Says when it can go on; undefined: it can. */
  isFree: (() => boolean) | undefined;
  /** When it began to wait. */
  since = 0;
  /** The preemption point that it is not to leave. */
  holdAt: Hold | undefined;
  /** It has come to its end. */
  over = false;
  /** How often it has come there. */
  #times = 0;

  constructor(
    row: number, name: string, body: Preempt<Outcome>, most: number, holdAt: Hold | undefined,
  ) {
    this.row = row;
    this.name = name;
    this.body = body;
    this.most = most;
    this.holdAt = holdAt;
  }

  get blocked(): boolean {
    return this.isFree?.() === false;
  }

  get held(): boolean {
    const { holdAt } = this;
    return holdAt !== undefined && this.at === holdAt.at && this.#times >= holdAt.nth;
  }

  /** It stands at a preemption point, or has ended; `isFree` as above. */
  arrived(at: string, isFree: (() => boolean) | undefined, now: number): void {
    if (this.isFree === undefined) {
      this.since = now;
    } else if (isFree === undefined || at !== this.at) {
      if (now > this.since) this.waits.push({ lock: this.at, ns: now - this.since });
      this.since = now;
    }
    this.at = at;
    this.isFree = isFree;
    if (at === this.holdAt?.at) this.#times += 1;
  }
}

export class Tasks {
  readonly #k: Kernel;
  readonly #running: Running[] = [];
  readonly #now: () => number;
  readonly #stepsOf: (row: number) => number;
  /** By name of the task: where the trace wants it to stop. */
  readonly #holds = new Map<string, Hold>();

  readonly #rest: Rest<Running>;

  readonly runnable: Runnable = {
    find: (isMeant) => this.#rest.awake.find((task) =>
      !task.blocked && !task.held && isMeant(task)),
  };

  /**
   * `now` is the time of the trace, ns; a row's call counts as endless after so many steps.
   * `restsUntil`: as of a schedule.
   */
  constructor(
    k: Kernel, now: () => number, stepsOf: (row: number) => number,
    restsUntil: (task: Task) => number | undefined = () => undefined,
  ) {
    this.#rest = new Rest<Running>(restsUntil);
    this.#k = k;
    this.#now = now;
    this.#stepsOf = stepsOf;
  }

  /** The task whose step it is. */
  get current(): string {
    return this.#k.state.current;
  }

  set current(name: string) {
    this.#k.state.current = name;
  }

  get inFlight(): readonly Task[] {
    return this.#running;
  }


  /** `holdAt`: the preemption point where it stops until letGo(). */
  start(row: number, name: string, body: Preempt<Outcome>, holdAt?: Hold): Task {
    const task = new Running(
      row, name, body, this.#stepsOf(row), holdAt ?? this.#holds.get(name));
    this.#running.push(task);
    this.#rest.start(task);
    return task;
  }

  /** Tasks of this name stop at a preemption point from now on. */
  hold(name: string, hold: Hold): void {
    this.#holds.set(name, hold);
    for (const task of this.#running) if (task.name === name) task.holdAt = hold;
  }

  unhold(name: string): void {
    this.#holds.delete(name);
    for (const task of this.#running) if (task.name === name) task.holdAt = undefined;
  }

  letGo(task: Task): void {
    const running = this.#running.find((one) => one === task);
    if (running !== undefined) running.holdAt = undefined;
  }

  /** A row comes, of this task: who rests for it may be asked. */
  atRow(row: number, name: string): void {
    this.#rest.atRow(row, name);
  }

  /** The task has no more to do. */
  drop(task: Task): void {
    if (!(task instanceof Running) || task.over) return;
    task.over = true;
    this.#running.splice(this.#running.indexOf(task), 1);
    this.#rest.drop(task);
  }

  /** Steps of one task until it waits, is held or has ended. */
  goOn(task: Task): void {
    while (task instanceof Running && !task.over && !task.blocked && !task.held) {
      this.step(task);
    }
  }

  /** One step of a call; what it came to when that was its last one. */
  step(task: Task): Ended | undefined {
    if (!(task instanceof Running) || task.over) return undefined;
    const running = task;
    this.current = running.name;
    running.steps += 1;
    const ended = this.#isEndless(running) ? this.#hung(running) : this.#advance(running);
    if (ended === undefined) return undefined;
    this.drop(running);
    // Whoever comes back to user space takes the signal.
    this.#k.state.signalled.delete(running.name);
    return running.waits.length === 0 ? ended : { ...ended, waits: running.waits };
  }

  /** A call that adds blocks may go on for them. */
  #isEndless(running: Running): boolean {
    if (running.steps <= running.most) return false;
    running.most = this.#stepsOf(running.row);
    return running.steps > running.most;
  }

  #advance(running: Running): Ended | undefined {
    const { row } = running;
    return guarded(row, () => {
      const step = running.body.next();
      const { state } = this.#k;
      running.arrived(step.done === true ? '' : step.value, state.waiting, this.#now());
      state.waiting = undefined;
      return step.done === true ? { row, outcome: step.value } : undefined;
    });
  }

  #hung(running: Running): Ended {
    const text = `no end after ${running.most} preemption points`;
    const fault: KernelFault = { kind: 'hang', fn: running.at, text };
    this.#k.state.faults.push(fault);
    this.#k.state.device_hotplug_lock = 'lost';
    return { row: running.row, outcome: {}, fault };
  }
}

/** Runs kernel code; a BUG or an oops in it ends the call and is its outcome. */
export function guarded<T>(row: number, run: () => T | Ended): T | Ended {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof KernelBug)) throw error;
    return { row, outcome: {}, fault: error.fault };
  }
}
