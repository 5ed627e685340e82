/** A replay as the comparator sees it. */
import type { ObservationLog } from '../observe/observation.js';
import type { ReachedFunction, StoppedRun } from './comparison.js';

export interface RunClaim {
  readonly patch: string;
  readonly text: string;
  readonly holds: string;
  /** Names of traces; undefined: all. */
  readonly on: readonly string[] | undefined;
}

/** An invariant at its worst. */
export interface WorstBreach {
  readonly row: number;
  readonly text: string;
  /** Pages, or what the text counts; 0 when it has no size. */
  readonly amount: number;
}

export interface ModelRun {
  readonly name: string;
  readonly log: ObservationLog;
  /** By id of the invariant. */
  readonly worst: ReadonlyMap<string, WorstBreach>;
  /** Changed functions in the order they ran; each row has each function once. */
  readonly patchedCalls: readonly { readonly row: number; readonly fn: string;
    readonly patch: string }[];
  readonly reached: readonly ReachedFunction[];
  readonly untested: readonly string[];
  readonly claims: readonly RunClaim[];
  readonly faults: number;
  readonly deadAtBoot?: string;
  readonly stopped?: StoppedRun;
}
