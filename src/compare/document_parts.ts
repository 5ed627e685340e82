/** Parts of the document that are known before it is whole: events, runs, agreement. */
import type { CauseCounts, Fact, VerdictCounts } from '../observe/facts/fact.js';

/** Index into `runs`. */
export type RunIndex = number;

/** A row of the trace, in words. */
export interface EventRef {
  /** Row number; -1 is the boot, one past the last row the end. */
  readonly row: number;
  /** Nanoseconds since boot. */
  readonly time_ns: number;
  readonly task: string;
  /** `online_movable memory32`, `boot`, `end`. */
  readonly text: string;
  /** `file:line`. */
  readonly source: string;
  /** `step 3`, when the trace has steps. */
  readonly step?: string;
}

/** A kernel function that a policy changed, with how often it ran. */
export interface ReachedFunction {
  readonly fn: string;
  readonly patch: string;
  readonly events: number;
  readonly calls: number;
}

/**
 * Why the outcome of a run says less of its policy than it seems.
 * unread: it ran, gave other results or wrote other state than the base, and nothing that was seen
 * depends on them; not called: a callee that it sends elsewhere is never called there; not run:
 * lines of its file that were never reached; unfilled: a frame of a skeleton; released: the base
 * has it already; reduced: the model leaves out parts of a function that it changes; no effect: it
 * did nothing that the base does not; other text: likewise, and the model may have the change
 * already; unseen: what differs is read, and changed no outcome here.
 */
export interface RunDoubt {
  readonly kind: 'released' | 'unread' | 'not called' | 'not run' | 'unfilled' | 'reduced' |
    'no effect' | 'other text' | 'unseen';
  readonly patch: string;
  /** Kernel functions, and of `unread` fields of the state: `nodes[].nr_zones`. */
  readonly names: readonly string[];
  readonly text: string;
}

/** A policy that came to no end of its own. */
export interface StoppedRun {
  /** threw: an error in its code or of what it gave the kernel; shared: it changes other runs. */
  readonly why: 'threw' | 'no end' | 'exit' | 'shared';
  /** `fix.ts:6:59`. */
  readonly place?: string;
  readonly text: string;
}

export interface RunSummary {
  /** `recorded`, `base`, `zonelists/populated_zone`, `a+b`. */
  readonly name: string;
  readonly kind: 'recorded' | 'model';
  /** Over all observations that make an outcome; equal digests, equal outcomes. */
  readonly digest: string;
  /** Over results alone. */
  readonly results: string;
  /** Of a model run: the functions that its patches changed. */
  readonly reached: readonly ReachedFunction[];
  /** Patches none of whose changes ran: this trace says nothing of them. */
  readonly untested: readonly string[];
  readonly doubts: readonly RunDoubt[];
  /** Work done, by name of the cost; of a model run. */
  readonly costs: Readonly<Record<string, number>>;
  /** Inputs that came back with an error, of a model run: `online -EINVAL` and how often. */
  readonly refused: Readonly<Record<string, number>>;
  /** Calls that wait, as the trace ends, for pages that nobody frees; absent: none. */
  readonly unended?: number;
  readonly faults: number;
  /** Ids of invariants that were violated at some time. */
  readonly violated: readonly string[];
  /** Those that its policy means to violate; absent: none. */
  readonly intended?: readonly string[];
  /** The kernel did not come up: what it ran into. */
  readonly deadAtBoot?: string;
  /** Its policy did not come to an end: the outcome is of what it did until then. */
  readonly stopped?: StoppedRun;
}

/** Whether a model run agrees with what was recorded: the counts of `verify`. */
export interface Agreement {
  readonly run: RunIndex;
  /** Of any verdict. */
  readonly facts: number;
  readonly verdicts: VerdictCounts;
  /** Facts that agree after a correction, by cause; a fact can have several. */
  readonly causes: CauseCounts;
  /** The first fact that disagrees. */
  readonly first?: { readonly event: EventRef; readonly fact: Fact };
}
