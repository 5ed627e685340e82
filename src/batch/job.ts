/** One trace of a batch: what is asked of it, and what comes of it. */
import type { Comparison, ComparisonLine, SkippedRun } from '../compare/comparison.js';
import type { Job } from '../pipeline.js';

/** A store, and what its results are told apart by beside what is asked. */
export interface KeptBy {
  readonly folder: string;
  /** Digest of the program's code: read once, for all traces and workers. */
  readonly program: string;
}

export interface BatchJob extends Job {
  /** Where results are kept; undefined: nothing is. */
  readonly store: KeptBy | undefined;
  /** Folder for the comparisons of this batch when nothing is kept. */
  readonly spill: string;
  /** Among the jobs of the batch: one trace can stand there several times, on several bases. */
  readonly place: number;
  /** Key of the comparison; undefined: it cannot be kept. */
  readonly key: string | undefined;
  /** Runs that were stopped from outside: they are not tried again. */
  readonly stopped: readonly SkippedRun[];
}

export type BatchOutcome =
  | {
    readonly kind: 'compared'; readonly line: ComparisonLine;
    /** The comparison, as JSON in gzip. */
    readonly file: string;
    /** Replays that were made, not found in the store. */
    readonly replays: number;
    /** It was in the store as a whole; no worker had it. */
    readonly known: boolean;
    /** Why the store would not take what was made; undefined: it did. */
    readonly unkept?: string | undefined;
  }
  | { readonly kind: 'trouble'; readonly message: string };

/** What a store keeps of a comparison beside its file, and the digest of that. */
export interface KeptLine {
  readonly line: ComparisonLine;
  readonly digest: string;
}

/** Without what fills pages. */
export function lineOf(comparison: Comparison): ComparisonLine {
  const {
    divergences: _d, states: _s, violations: _v, claims: _c, refusals: _r, course: _course, ...line
  } = comparison;
  return line;
}
