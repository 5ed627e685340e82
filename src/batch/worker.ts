/** A worker thread of the pool: one trace at a time, all its runs. */
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import type { Comparison } from '../compare/comparison.js';
import { errorText } from '../base/error_text.js';
import { TraceError } from '../base/errors.js';
import { writeTemporary } from '../base/partial.js';
import { isPolicyPath } from '../patch/load.js';
import { evaluate, type RunSource } from '../pipeline.js';
import {
  digestOfWords, optionsDigest, seriesDigest, traceDigest,
} from './digests.js';
import { hingesOf, isShort } from './hinges.js';
import type { RunBegun } from './memory_watch.js';
import { lineOf, type BatchJob, type BatchOutcome, type KeptLine } from './job.js';
import { Store } from './store.js';
import { runFromStore, storedRun } from './stored_run.js';
import { keepTime } from './times.js';

export interface Task {
  readonly job: BatchJob;
  /** Told of each run when it begins, so that whoever stops it knows which it was; RunBegun. */
  readonly port: MessagePort;
}

interface Count {
  replays: number;
  known: number;
  /** Most of one run: with very many memory blocks each run is long. */
  observations: number;
}

/** Takes runs from the store where they are, and puts those there that are not. */
function runsOf(
  { job }: Task, store: Store | undefined, count: Count,
  begins: (run: RunBegun) => void,
): RunSource {
  const trace = store === undefined ? '' : traceDigest(job.path);
  return ({ name, argument, version, expecting }, replay) => {
    const series = seriesDigest(argument);
    const checks = expecting.map(seriesDigest);
    const isKnown = series !== undefined && !checks.includes(undefined);
    const key = job.store === undefined || !isKnown ? undefined
      : digestOfWords([job.store.program, trace, version, series,
        optionsDigest(job), JSON.stringify(checks)]);
    const known = key === undefined ? undefined : store?.get('run', key);
    const run = known === undefined ? undefined : runFromStore(known);
    const seen = ({ log }: typeof run & object): void => {
      count.observations = Math.max(count.observations, log.list.length);
    };
    if (run !== undefined) {
      count.known += 1;
      seen(run);
      return run;
    }
    begins({ name, isOwn: argument.split('+').some(isPolicyPath) });
    count.replays += 1;
    const made = replay();
    seen(made);
    if (key !== undefined && made.stopped === undefined) store?.put('run', key, storedRun(made));
    return made;
  };
}

/**
 * Where the comparison is written: into the store, or beside the others of this batch. What was
 * stopped had too little time or memory: with more, or on another machine, it may come to an end.
 */
function keep(job: BatchJob, store: Store | undefined, comparison: Comparison): string {
  const isWhole = job.stopped.length === 0 &&
    comparison.runs.every(({ stopped }) => stopped === undefined);
  const { key } = job;
  const digest = key === undefined || !isWhole ? undefined
    : store?.putFile('comparison', key, comparison);
  if (store !== undefined && key !== undefined && digest !== undefined) {
    store.put('line', key, { line: lineOf(comparison), digest } satisfies KeptLine);
    return store.pathOf('comparison', key);
  }
  const file = join(job.spill, `${job.place}.json.gz`);
  writeTemporary(file, gzipSync(JSON.stringify(comparison), { level: 1 }));
  return file;
}

export default async function work(task: Task): Promise<BatchOutcome> {
  const { job, port } = task;
  const store = job.store === undefined ? undefined : new Store(job.store.folder);
  const count: Count = { replays: 0, known: 0, observations: 0 };
  const begin = performance.now();
  let last: RunBegun = { name: '', isOwn: false };
  const begins = (run: RunBegun): void => {
    last = run;
    port.postMessage(run);
  };
  begins(last);
  try {
    const evaluated = await evaluate(job, runsOf(task, store, count, begins));
    // What is left to do is of no run alone.
    begins({ ...last, isOwn: false });
    const hinges = job.hinges === true && isShort(count.observations)
      ? await hingesOf(job, evaluated) : [];
    const comparison = hinges.length === 0 ? evaluated : { ...evaluated, hinges };
    const file = keep(job, store, comparison);
    if (store !== undefined && count.known === 0) keepTime(store, job, performance.now() - begin);
    return {
      kind: 'compared', line: lineOf(comparison), file, replays: count.replays, known: false,
      unkept: store?.refused };
  } catch (error) {
    const message = errorText(error, [job.path]).trimEnd();
    return { kind: 'trouble', message: error instanceof TraceError
      ? message : `${job.path}: ${message.replace(/^error: /, '')}` };
  } finally {
    port.close();
  }
}
