/** Evaluates cases in this process, or on worker threads. */
import { Piscina } from 'piscina';
import { loadInvariants } from '../observe/invariant.js';
import { loadProbes } from '../observe/probe.js';
import { parseAllSeries } from '../patch/series.js';
import type { Case } from './case.js';
import { evaluateCase, type Evaluated, type Instruments } from './evaluate.js';
import type { Evaluator } from './search.js';
import type { Sides } from './sides.js';

/** The sides as words, which a worker can be sent. */
export interface SideWords {
  readonly version: string;
  /** As -p names them. */
  readonly series: readonly string[];
}

export interface Task extends SideWords {
  readonly one: Case;
}

/** Everything that replays need, loaded once. */
export interface Bench {
  readonly sides: Sides;
  readonly instruments: Instruments;
}

/** Errors: PatchError for policies that cannot stand on this version. */
export async function benchFor({ version, series }: SideWords): Promise<Bench> {
  const sides = { version, series: await parseAllSeries(series, version) };
  return {
    sides, instruments: { probes: await loadProbes(), invariants: await loadInvariants() },
  };
}

/** One case; what a worker does. */
export function tried(one: Case, { sides, instruments }: Bench): Evaluated {
  return evaluateCase(one, sides, instruments);
}

/** One case after the other, here. */
export class OwnEvaluator implements Evaluator {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  async evaluate(cases: readonly Case[]): Promise<readonly Evaluated[]> {
    return cases.map((one) => tried(one, this.#bench));
  }

  async close(): Promise<void> {}
}

/** On so many threads; each loads the policies once. */
export class PoolEvaluator implements Evaluator {
  readonly #pool: Piscina;
  readonly #words: SideWords;

  constructor(words: SideWords, jobs: number) {
    this.#words = words;
    this.#pool = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href, minThreads: jobs, maxThreads: jobs,
    });
  }

  async evaluate(cases: readonly Case[]): Promise<readonly Evaluated[]> {
    return Promise.all(cases.map((one) =>
      this.#pool.run({ ...this.#words, one } satisfies Task) as Promise<Evaluated>));
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
