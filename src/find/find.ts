/** A whole search: cases tried, what was found made small, what of the changes was not reached. */
import { availableParallelism } from 'node:os';
import { UsageError } from '../base/errors.js';
import { versions } from '../linux/history/versions.js';
import { standsOn, touchedFunctions } from '../patch/conflicts.js';
import { parseAllSeries } from '../patch/series.js';
import type { Case } from './case.js';
import { benchFor, PoolEvaluator, type Bench } from './evaluator.js';
import { guideFor } from './guide.js';
import { Search, type FoundCase, type Searched } from './search.js';
import type { Shrunk } from './shrink/shrink.js';
import type { TraceExpectation } from '../trace/trace_expectation.js';

export interface FindJob {
  /** One or two, as -p names them. */
  readonly series: readonly string[];
  /** Undefined: that of the first policy on which all can stand. */
  readonly base: string | undefined;
  readonly from: readonly Case[];
  /** What the traces that these came of expect. */
  readonly expects?: readonly TraceExpectation[];
  readonly steps: number;
  readonly seed: number;
  readonly time_ms: number;
  readonly cases: number;
  /** Of the reasons so many are made small, the gravest; undefined: a few. */
  readonly small?: number;
  /** Worker threads; undefined: one for each core. */
  readonly jobs: number | undefined;
  readonly progress?: (cases: number, found: number) => void;
  readonly signal?: AbortSignal;
}

/** What was found, made as small as it can be. */
export interface SmallCase extends Shrunk {
  readonly from: FoundCase;
}

export interface FindResult {
  readonly version: string;
  readonly sides: readonly string[];
  /** The same as -p has to be given them: files by their paths. */
  readonly given: readonly string[];
  readonly searched: Searched;
  /** Of those that were made small, the gravest first. */
  readonly small: readonly SmallCase[];
  /** Changed functions, as `POLICY FUNCTION`, whose change never ran. */
  readonly unreached: readonly string[];
}

/** The base of the policies, else the newest version on which all of them stand. */
async function versionFor({ series, base }: FindJob): Promise<string> {
  const all = await parseAllSeries(series);
  if (base !== undefined) return base;
  const own = all.flatMap(({ patches }) => patches.map((patch) => patch.base));
  const known = new Set(versions.map(({ id }) => id));
  const found = [...own.filter((id) => known.has(id)), ...known]
    .find((id) => all.every(({ patches }) => standsOn(id, patches)));
  if (found !== undefined) return found;
  throw new UsageError(`${series.join(' and ')}: there is no version on which both can stand`);
}

function unreachedOf({ sides }: Bench, reached: readonly string[]): readonly string[] {
  const all = sides.series.flatMap(({ patches }) => patches.flatMap((patch) =>
    touchedFunctions(patch).map((fn) => `${patch.id} ${fn}`)));
  return [...new Set(all)].filter((text) => !reached.includes(text)).sort();
}

/** Of the reasons so many are made small, the gravest: of two sides, and of one alone. */
const SMALL = 3;
const SMALL_ALONE = 6;

/** Nobody waited for it to become smaller. */
const asItIs = (from: FoundCase): Shrunk => ({ case: from.case, found: from.found, tests: 0 });

/** Errors: PatchError, UsageError. */
export async function find(job: FindJob): Promise<FindResult> {
  const version = await versionFor(job);
  const words = { version, series: job.series, expects: job.expects };
  const bench = await benchFor(words);
  const evaluator = new PoolEvaluator(words, job.jobs ?? availableParallelism());
  try {
    // Where two part is one answer; what is wrong with one are many.
    const alone = bench.sides.series.length === 1;
    const options = { ...job, guide: guideFor(bench.sides), all: alone };
    const searched = await new Search(evaluator, options).run();
    const few = searched.found.slice(0, job.small ?? (alone ? SMALL_ALONE : SMALL));
    const small = await Promise.all(few.map(async (from) => (
      { from, ...await evaluator.shrink(from.case, from.found, job) ?? asItIs(from) })));
    return {
      version, sides: bench.sides.series.map(({ id }) => id),
      given: bench.sides.series.map(({ argument }) => argument), searched, small,
      unreached: unreachedOf(bench, searched.reached),
    };
  } finally {
    await evaluator.close();
  }
}
