/**
 * Calls in flight: one generator for each call that sleeps, advanced from one preemption point to
 * the next by a schedule.
 */
import type { Kernel, Preempt } from '../mm/kernel.js';
import { KernelBug, type KernelFault } from '../mm/mmzone.js';
import type { Outcome } from './entry_points.js';

/** Steps after which a call counts as an endless loop. */
export const STEPS_MAX = 100_000;

/** A call in flight. */
export interface Task {
  /** The row that began it. */
  readonly row: number;
  /** The traced task: `udevd-311`. */
  readonly name: string;
  /** The preemption point it stands at; '' before its first step. */
  readonly at: string;
  readonly steps: number;
  /** It waits for a lock of hotplug, which another call in flight holds. */
  readonly blocked: boolean;
}

/** Who runs next. */
export interface Schedule {
  /**
   * Which of the runnable calls takes its next step, now that `row` was replayed; undefined: none,
   * the next row comes first. Asked again after each step. After the last row (`row` is the number
   * of rows) undefined leaves the rest unfinished.
   */
  next(runnable: readonly Task[], row: number): Task | undefined;
}

export interface Ended {
  readonly row: number;
  readonly outcome: Outcome;
  readonly fault?: KernelFault;
}

class Running implements Task {
  readonly row: number;
  readonly name: string;
  readonly body: Preempt<Outcome>;
  readonly #k: Kernel;
  at = '';
  steps = 0;

  constructor(k: Kernel, row: number, name: string, body: Preempt<Outcome>) {
    this.#k = k;
    this.row = row;
    this.name = name;
    this.body = body;
  }

  get blocked(): boolean {
    const { at } = this;
    if (at !== 'device_hotplug_lock' && at !== 'mem_hotplug_lock') return false;
    return this.#k.state[at] === 'held';
  }
}

export class Tasks {
  readonly #k: Kernel;
  readonly #running: Running[] = [];
  /** The task whose step it is. */
  current = 'boot';

  constructor(k: Kernel) {
    this.#k = k;
  }

  get inFlight(): readonly Task[] {
    return this.#running;
  }

  get runnable(): readonly Task[] {
    return this.#running.filter((task) => !task.blocked);
  }

  start(row: number, name: string, body: Preempt<Outcome>): void {
    this.#running.push(new Running(this.#k, row, name, body));
  }

  /** One step of a call; what it came to when that was its last one. */
  step(task: Task): Ended | undefined {
    const running = this.#running.find((one) => one === task);
    if (running === undefined) return undefined;
    this.current = running.name;
    running.steps += 1;
    const ended = running.steps > STEPS_MAX ? this.#hung(running) : this.#advance(running);
    if (ended !== undefined) this.#running.splice(this.#running.indexOf(running), 1);
    return ended;
  }

  #advance(running: Running): Ended | undefined {
    const { row } = running;
    return guarded(row, () => {
      const step = running.body.next();
      if (step.done !== true) {
        running.at = step.value;
        return undefined;
      }
      return { row, outcome: step.value };
    });
  }

  #hung(running: Running): Ended {
    const text = `no end after ${STEPS_MAX} preemption points`;
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
