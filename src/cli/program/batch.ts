/** Traces of a command line as one batch: options, progress, signals, exit status. */
import { closeSync, openSync } from 'node:fs';
import { endingSignals, INTERRUPTED } from '../../base/ending_signals.js';
import { UsageError } from '../../base/errors.js';
import { versionText } from '../../base/program_version.js';
import { wholeNumber } from '../../base/whole_number.js';
import { runBatch, type Batch } from '../../batch/batch.js';
import { changeKinds, changesOf } from '../../batch/changes.js';
import { checkFile, entriesOf, resultsText } from '../../batch/results_file.js';
import { differs, type ComparisonLine } from '../../compare/comparison.js';
import type { Job } from '../../pipeline.js';
import { changesText } from '../../report/changes.js';
import { tell, writeOutput } from './deliver.js';
import { MOST_JOBS, numberOption } from './options.js';
import { Progress } from './progress.js';
import { storedResults } from './stored_results.js';

export interface BatchFlags {
  readonly jobs: number | undefined;
  readonly timeout: number | undefined;
  readonly 'max-memory': number;
  readonly cache: boolean;
  readonly 'cache-dir': string | undefined;
  readonly results: string | undefined;
  readonly shard: string | undefined;
  readonly baseline: string | undefined;
  readonly quiet: boolean;
  readonly resume: boolean;
}

export const batchOptions = {
  jobs: { alias: 'j', ...numberOption('jobs', 'Traces at a time [default: the cores]', 1,
    MOST_JOBS) },
  'max-memory': {
    ...numberOption('max-memory', 'MiB that one worker may take; 0: as much as Node gives, and a '
      + 'policy file of yours twice as much as the base takes, 512 at least'), default: 0 },
  cache: {
    type: 'boolean', default: true,
    describe: 'Take replays that were made before from the cache; --no-cache makes all anew',
  },
  'cache-dir': {
    type: 'string', requiresArg: true,
    describe: 'Folder of the cache [default: ~/.cache/mmreplay/results]',
  },
  resume: {
    type: 'boolean', default: false,
    describe: 'Go on after an interruption, and say how many traces were done; without it the '
      + 'cache is used all the same',
  },
  results: {
    type: 'string', requiresArg: true,
    describe: 'Keep the results in this file, for report, compare and merge',
  },
  shard: {
    type: 'string', requiresArg: true,
    describe: 'I/N: only every Nth trace, from the Ith on; for several machines',
  },
  baseline: {
    type: 'string', requiresArg: true,
    describe: 'Results of before: exit status 1 only when something got worse or changed',
  },
  quiet: { alias: 'q', type: 'boolean', default: false, describe: 'No progress on stderr' },
} as const;

interface Placed {
  readonly job: Job;
  readonly place: number;
}

/** `2/5` of a batch: the second, seventh, ... trace. */
function ofShard(jobs: readonly Placed[], shard: string | undefined): readonly Placed[] {
  if (shard === undefined) return jobs;
  const [i = 0, n = 0, ...more] = shard.split('/').map(wholeNumber);
  if (!(i >= 1 && i <= n) || more.length > 0) {
    throw new UsageError(`--shard ${shard}: expected I/N, I from 1 to N`);
  }
  return jobs.filter(({ place }) => place % n === i - 1);
}

/** Places among the jobs of this shard become those in the whole batch. */
function placedIn(batch: Batch, jobs: readonly Placed[]): ReturnType<typeof entriesOf> {
  const place = (index: number): number => jobs[index]?.place ?? 0;
  return entriesOf({ ...batch,
    places: batch.places.map(place), troublePlaces: batch.troublePlaces.map(place) });
}

/** `fix.ts:6:59: TypeError: ...`, of each run whose policy came to no end of its own. */
function stoppedTexts({ trace, runs, skipped }: ComparisonLine): readonly string[] {
  const within = runs.flatMap(({ name, stopped }) => (stopped === undefined ? []
    : [`${stopped.place ?? name}: ${stopped.text}\n  ${name} was stopped on ${trace.path}`]));
  const withWorker = skipped.filter(({ stopped }) => stopped === true)
    .map(({ name, why }) => `${trace.path}: ${name} ${why}`);
  return [...within, ...withWorker];
}

/** Trouble that a user has to see, wherever the reports go. */
function tellTroubles({ lines, troubles }: Batch): boolean {
  const messages = [
    ...troubles.map(({ message }) => message),
    ...lines.flatMap(({ trace }) => trace.problems), ...lines.flatMap(stoppedTexts),
  ];
  for (const message of messages) tell(`${message}\n`);
  return messages.length > 0;
}

async function againstBaseline(batch: Batch, path: string): Promise<number> {
  const stored = await storedResults([path]);
  try {
    const changes = changesOf(stored.lines, batch.lines);
    tell(changesText(changes, changeKinds));
    return changes.some(({ kind }) => kind === 'worse' || kind === 'changed') ? 1 : 0;
  } finally {
    stored.dispose();
  }
}

/** Seconds after which a worker is stopped whatever it does, where --timeout does not say. */
const HARD_SECONDS = 300;

/** A policy that has no end is stopped from within; one that cannot be, with its worker, ms. */
function hardLimit(timeout: number | undefined): number {
  return (timeout === undefined ? HARD_SECONDS : 2 * timeout + 10) * 1000;
}

/** What can only fail at the end is tried at the begin; a pipe would be waited for. */
function canBeRead(path: string): void {
  checkFile(path);
  closeSync(openSync(path, 'r'));
}

async function statusOf(batch: Batch, baseline: string | undefined): Promise<number> {
  if (tellTroubles(batch)) return 2;
  if (baseline !== undefined) return againstBaseline(batch, baseline);
  return batch.lines.some(differs) ? 1 : 0;
}

/**
 * Runs the jobs, delivers the reports, and returns the exit status. A signal ends the batch:
 * what was done is kept in the cache, so that the same command goes on from there.
 */
export async function runTraces(
  given: readonly Job[], flags: BatchFlags, report: (batch: Batch) => Promise<void>,
): Promise<number> {
  if (flags.resume && !flags.cache) {
    throw new UsageError('--resume: without the cache nothing of before is known, so it does not ' +
      'go with --no-cache or --check');
  }
  if (flags.baseline !== undefined) canBeRead(flags.baseline);
  const jobs = ofShard(given.map((job, place) => ({ job, place })), flags.shard);
  const progress = new Progress(flags.quiet);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of endingSignals) process.on(signal, onSignal);
  const batch = await runBatch(jobs.map(({ job }) => job), {
    jobs: flags.jobs, store: flags.cache ? flags['cache-dir'] : null,
    timeout_ms: hardLimit(flags.timeout), memory_mb: flags['max-memory'], signal: stop.signal,
    progress: (done, all, path) => progress.tell(done, all, path),
  });
  // What is left to do hears no signal before it is done: one ends the program, as of itself.
  for (const signal of endingSignals) process.off(signal, onSignal);
  progress.end();
  if (batch.unkept !== undefined) {
    tell(`the cache is left out: ${batch.unkept}; what was made now will be made again\n`);
  }
  try {
    if (flags.resume) tell(`resumed: ${batch.known} of ${jobs.length} traces were done before\n`);
    if (batch.left.length > 0) {
      tell(`interrupted: ${batch.lines.length} of ${jobs.length} traces are done` +
        `${flags.cache ? '; the same command goes on from there (--resume)' : ''}\n`);
      return INTERRUPTED;
    }
    const only = batch.troubles[0];
    if (only !== undefined && given.length === 1) {
      tell(`${only.message}\n`);
      return 2;
    }
    await report(batch);
    if (flags.results !== undefined) {
      await writeOutput(flags.results,
        resultsText(versionText(), given.length, placedIn(batch, jobs)));
    }
    return await statusOf(batch, flags.baseline);
  } finally {
    batch.dispose();
  }
}
