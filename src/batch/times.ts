/**
 * How long traces took: whoever begins with the longest does not wait for one at the end. Times
 * say in which order work is done, never what comes of it.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { digestOfWords } from './digests.js';
import type { BatchJob } from './job.js';
import type { Store } from './store.js';

/** The same question, whatever the text of its policies: an edited one takes as long, about. */
function timeKey({ path, base, series }: BatchJob): string {
  return digestOfWords([resolve(path), base ?? '', ...series]);
}

/** Keeps how long a trace took when none of its runs was there, ms. */
export function keepTime(store: Store, job: BatchJob, ms: number): void {
  store.put('time', timeKey(job), Math.round(ms));
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/** Those that nobody has timed come first, for they can be long: the largest files first. */
export function longestFirst(jobs: readonly BatchJob[], store: Store): readonly BatchJob[] {
  return jobs
    .map((job) => ({ job, ms: store.get('time', timeKey(job)), bytes: sizeOf(job.path) }))
    .map((one) => ({ ...one, ms: typeof one.ms === 'number' ? one.ms : Infinity }))
    .sort((a, b) => (a.ms === b.ms ? b.bytes - a.bytes : b.ms - a.ms))
    .map(({ job }) => job);
}
