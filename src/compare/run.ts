/** A replay as the comparator sees it. */
import type { HeldFacts } from '../observe/facts/fact.js';
import type { ObservationLog } from '../observe/observation.js';
import type { ReachedFunction } from './comparison.js';

export interface RunClaim {
  readonly patch: string;
  readonly text: string;
  readonly holds: string;
  /** Names of traces; undefined: all. */
  readonly on: readonly string[] | undefined;
}

export interface ModelRun {
  readonly name: string;
  readonly log: ObservationLog;
  /** Changed functions in the order they ran; each row has each function once. */
  readonly patchedCalls: readonly { readonly row: number; readonly fn: string;
    readonly patch: string }[];
  readonly reached: readonly ReachedFunction[];
  readonly untested: readonly string[];
  readonly claims: readonly RunClaim[];
  readonly faults: number;
  readonly deadAtBoot?: string;
  /** The facts of the recording, held against this kernel; absent: nothing was recorded. */
  readonly held?: HeldFacts;
}
