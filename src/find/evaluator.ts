/** Evaluates cases on worker threads. */
import { Piscina } from 'piscina';
import { loadInvariants } from '../observe/invariant.js';
import { loadProbes } from '../observe/probe.js';
import { parseAllSeries } from '../patch/series.js';
import { expectationsOf } from '../replay/expectations.js';
import type { TraceExpectation } from '../trace/trace_expectation.js';
import type { Case } from './case.js';
import type { Found } from './difference.js';
import type { Evaluated, Instruments } from './evaluate.js';
import type { Evaluator, Stop } from './search.js';
import type { Shrunk } from './shrink/shrink.js';
import type { Sides } from './sides.js';

/** The sides as words, which a worker can be sent. */
export interface SideWords {
  readonly version: string;
  /** As -p names them. */
  readonly series: readonly string[];
  /** Of the trace that it begins with; those of policies come with them. */
  readonly expects?: readonly TraceExpectation[] | undefined;
}

export interface Task extends SideWords {
  readonly one: Case;
  /** What it shows, for the smallest case that shows it; without it, whatever it shows. */
  readonly found?: Found;
}

/** Everything that replays need, loaded once. */
export interface Bench {
  readonly sides: Sides;
  readonly instruments: Instruments;
}

/** Errors: PatchError for policies that cannot stand on this version. */
export async function benchFor({ version, series, expects }: SideWords): Promise<Bench> {
  const sides = { version, series: await parseAllSeries(series, version) };
  const header = expects === undefined ? {} : { expects };
  const invariants = [...await loadInvariants(), ...expectationsOf(sides.series, { header })];
  return { sides, instruments: { probes: await loadProbes(), invariants } };
}

/**
 * On so many threads; each loads the policies once. One thread is one beside this one, too: a case
 * never gives way, and whoever runs it here would not hear of a signal before its end.
 */
export class PoolEvaluator implements Evaluator {
  readonly #pool: Piscina;
  readonly #words: SideWords;
  readonly #jobs: number;

  constructor(words: SideWords, jobs: number) {
    this.#words = words;
    this.#jobs = jobs;
    this.#pool = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href, minThreads: jobs, maxThreads: jobs,
    });
  }

  async evaluate(cases: readonly Case[], stop: Stop): Promise<readonly Evaluated[]> {
    const { signal, until = Infinity } = stop;
    const done: (Evaluated | undefined)[] = cases.map(() => undefined);
    const waiting = cases.entries();
    const lane = async (): Promise<void> => {
      while (signal?.aborted !== true && performance.now() < until) {
        const { value } = waiting.next();
        if (value === undefined) return;
        const [place, one] = value;
        done[place] = await this.#ask<Evaluated>({ one }, signal);
      }
    };
    await Promise.all(Array.from({ length: this.#jobs }, lane));
    const end = done.indexOf(undefined);
    return done.slice(0, end < 0 ? done.length : end) as Evaluated[];
  }

  async shrink(one: Case, found: Found, { signal }: Stop): Promise<Shrunk | undefined> {
    return this.#ask<Shrunk>({ one, found }, signal);
  }

  /** Undefined: it was stopped. */
  async #ask<T>(
    work: Pick<Task, 'one' | 'found'>, signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    const task: Task = { ...this.#words, ...work };
    try {
      return await this.#pool.run(task, signal === undefined ? {} : { signal }) as T;
    } catch (error) {
      if (signal?.aborted === true) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
