/** A batch: many traces, each with all its runs, on all cores; results in a folder as they come. */
import { rmSync, statSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { reasonOf, UsageError } from '../base/errors.js';
import { temporaryFolder } from '../base/partial.js';
import { isRegular } from '../base/read_file.js';
import type { Job } from '../pipeline.js';
import type { Results } from '../report/report.js';
import {
  catalogueDigest, digestOfWords, optionsDigest, programDigest, seriesDigest, traceDigest,
} from './digests.js';
import type { BatchJob, BatchOutcome, KeptLine } from './job.js';
import { Pool } from './pool.js';
import { ComparisonFiles } from './results_file.js';
import { openStore, type Store } from './store.js';
import { longestFirst } from './times.js';

export interface BatchOptions {
  /** Worker threads; undefined: one for each core. */
  readonly jobs: number | undefined;
  /** Folder of results; undefined: the user's cache; null: nothing is kept. */
  readonly store: string | null | undefined;
  readonly timeout_ms: number;
  readonly memory_mb: number;
  readonly signal: AbortSignal;
  /** Told as traces are done: how many of how many, and the newest one's path. */
  readonly progress: (done: number, all: number, path: string) => void;
}

/** Bytes of results that the user's cache may hold; the oldest go first. */
const CACHE_BYTES = 512 * 2 ** 20;

export interface Batch extends Results {
  /** For each of `lines` and `troubles`, its place among the jobs. */
  readonly places: readonly number[];
  readonly troublePlaces: readonly number[];
  /** Traces that were not done, because the batch was interrupted. */
  readonly left: readonly string[];
  /** Traces whose results were in the store, all of them. */
  readonly known: number;
  /** Replays made, not found in the store. */
  readonly replays: number;
  /** Why the store would not take what was made, the first time; undefined: it did. */
  readonly unkept: string | undefined;
}

function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'mmreplay', 'results');
}

/** A file or a folder: a pipe can be read once, and what is not there has no digest. */
function canBeKept(path: string): boolean {
  try {
    const kind = statSync(path);
    return kind.isDirectory() || (kind.isFile() && isRegular(path));
  } catch {
    return false;
  }
}

/** Digests of the code that makes a comparison. */
interface Code {
  readonly program: string;
  readonly catalogue: string;
}

/** What a comparison is made of; undefined when a part of that cannot be told by a digest. */
function keyOf(job: Job, code: Code): string | undefined {
  const series = job.series.map(seriesDigest);
  if (series.includes(undefined)) return undefined;
  try {
    return digestOfWords([
      code.program, code.catalogue, traceDigest(job.path), job.path, job.base ?? '',
      optionsDigest(job), JSON.stringify([job.among ?? null, job.hinges ?? false]),
      ...series.map((one) => one ?? ''),
    ]);
  } catch {
    // It cannot be read: the worker says so.
    return undefined;
  }
}

/** A comparison that is in the store already, without a worker. */
function known(store: Store | undefined, job: BatchJob): BatchOutcome | undefined {
  if (store === undefined || job.key === undefined) return undefined;
  const kept = store.get('line', job.key) as KeptLine | undefined;
  const file = kept === undefined ? undefined
    : store.fileOf('comparison', job.key, kept.digest);
  return kept === undefined || file === undefined ? undefined
    : { kind: 'compared', line: kept.line, file, replays: 0, known: true };
}

/**
 * The store that was asked for, or the user's cache: where that cannot be made nothing is kept, and
 * why. Error: UsageError for one that was asked for.
 */
function storeOf(
  { store }: BatchOptions,
): { readonly store: Store | undefined; readonly refused?: string } {
  if (store === null) return { store: undefined };
  const folder = store ?? cacheFolder();
  try {
    return { store: openStore(folder) };
  } catch (error) {
    const text = error instanceof UsageError ? error.message
      : `${folder} cannot be made: ${reasonOf(error as Error)}`;
    if (store !== undefined) throw new UsageError(text);
    return { store: undefined, refused: text };
  }
}

/** Those that are not known go to the pool; all outcomes in the order of the jobs. */
async function outcomesOf(
  jobs: readonly BatchJob[], store: Store | undefined, options: BatchOptions,
): Promise<readonly (BatchOutcome | undefined)[]> {
  let done = 0;
  const tell = (job: BatchJob): void => options.progress(done += 1, jobs.length, job.path);
  const found = jobs.map((job) => known(store, job));
  const missing = jobs.filter((_, index) => found[index] === undefined);
  jobs.forEach((job, index) => (found[index] === undefined ? undefined : tell(job)));
  if (missing.length === 0) return found;
  const pool = new Pool({
    jobs: Math.min(missing.length, options.jobs ?? availableParallelism()),
    timeout_ms: options.timeout_ms, memory_mb: options.memory_mb, signal: options.signal,
    done: tell,
  });
  const made = await pool.run(store === undefined ? missing : longestFirst(missing, store));
  return jobs.map((job, index) => found[index] ?? made.get(job));
}

function jobsOf(
  given: readonly Job[], store: Store | undefined, spill: string,
): readonly BatchJob[] {
  const code = store === undefined ? undefined
    : { folder: store.folder, program: programDigest(), catalogue: catalogueDigest() };
  return given.map((job, place) => {
    const kept = code === undefined || !canBeKept(job.path) ? undefined : code;
    return { ...job, spill, place, stopped: [], store: kept, key: kept && keyOf(job, kept) };
  });
}

/**
 * Evaluates all jobs. What can be kept is kept; `dispose` removes the rest.
 * Errors: UsageError when the folder of results that was asked for cannot be made.
 */
export async function runBatch(
  given: readonly Job[], options: BatchOptions,
): Promise<Batch & { dispose(): void }> {
  const { store, refused } = storeOf(options);
  const spill = temporaryFolder('results');
  const jobs = jobsOf(given, store, spill);
  const outcomes = await outcomesOf(jobs, store, options);
  const compared = outcomes.filter((one) => one?.kind === 'compared');
  const hasGrown = compared.some(({ known }) => !known);
  const dispose = (): void => {
    rmSync(spill, { recursive: true, force: true });
    if (options.store !== undefined || !hasGrown) return;
    for (const part of ['run', 'comparison'] as const) store?.trim(part, CACHE_BYTES / 2);
  };
  const placesOf = (kind: BatchOutcome['kind']): readonly number[] =>
    outcomes.flatMap((one, index) => (one?.kind === kind ? [index] : []));
  return {
    lines: compared.map(({ line }) => line),
    comparisons: new ComparisonFiles(compared.map(({ file }) => file)),
    troubles: outcomes.flatMap((one, index) => (one?.kind === 'trouble'
      ? [{ path: jobs[index]?.path ?? '', message: one.message }] : [])),
    places: placesOf('compared'), troublePlaces: placesOf('trouble'),
    left: jobs.filter((_, index) => outcomes[index] === undefined).map(({ path }) => path),
    known: compared.filter(({ known }) => known).length,
    replays: compared.reduce((sum, { replays }) => sum + replays, 0),
    unkept: refused ?? compared.find(({ unkept }) => unkept !== undefined)?.unkept,
    dispose,
  };
}
