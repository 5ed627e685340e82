/** A replay as the comparator sees it. */
import type { AssumedSymbol } from '../observe/assumed_symbol.js';
import type { HeldFacts } from '../observe/facts/fact.js';
import type { ObservationLog } from '../observe/observation.js';
import type { MapLayer, Span } from '../observe/memory_map.js';
import type { ReachedFunction, RunDoubt, StoppedRun } from './document_parts.js';
import type { CallRefusal } from '../observe/refusal.js';

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

/** See src/replay/course.ts. */
interface RunFrame {
  readonly row: number;
  readonly layers: Readonly<Record<MapLayer, readonly Span[]>>;
  readonly counters: readonly number[];
}

/** See src/replay/trail.ts. */
export interface RunTrail {
  readonly results: readonly (readonly [name: string, number: number])[];
  readonly calls: readonly (readonly [name: string, number: number])[];
  readonly state: readonly (readonly [name: string, number: number])[];
  readonly whole: boolean;
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
  /** Invariants that its patches mean to break. */
  readonly intended: readonly string[];
  /** Invariants that could be broken in this run. */
  readonly exercised: readonly string[];
  /** Kconfig symbols that the trace does not give, as `DEBUG_VM=n`. */
  readonly assumed: readonly AssumedSymbol[];
  /** After how many calls all memory blocks were looked at; absent: after each. */
  readonly every?: number;
  /** Of the base: what policies with equal outcomes are held to. */
  readonly trail?: RunTrail;
  /** Why equal outcomes say less than they seem. */
  readonly doubts: readonly RunDoubt[];
  readonly refusals: readonly CallRefusal[];
  /** The memory after each input, when that was asked for. */
  readonly frames?: readonly RunFrame[];
  readonly faults: number;
  readonly deadAtBoot?: string;
  readonly stopped?: StoppedRun;
  /** The facts of the recording, held against this kernel; absent: nothing was recorded. */
  readonly held?: HeldFacts;
}
