/**
 * The document that a comparison of runs gives: all that reports know. Format 2; a field is added
 * freely, a field that changes its meaning or goes away makes it format 3. Format 1 counted other
 * facts than `verify` in `agreement`.
 */
import type { AssumedSymbol } from '../observe/assumed_symbol.js';
import { isLike } from '../observe/facts/fact.js';
import type { Course } from './course.js';
import type { Kind, Scalar } from '../observe/observation.js';
import type { TraceVerdict } from './verdict/verdict.js';
import type { PageInTheWay } from '../observe/refusal.js';
import type { RunIndex, EventRef, RunSummary, Agreement } from './document_parts.js';

export const COMPARISON_FORMAT = 2;

/** A patch of the runs, for readers who do not know its name. */
export interface PolicySummary {
  readonly id: string;
  /** Subject line as on the list. */
  readonly subject: string;
  /** Author and date. */
  readonly author: string;
  readonly link: string;
  /** Versions in which this is what the kernel does; '' for never. */
  readonly released: string;
  /** What it does and what was raised against it. */
  readonly doc: string;
}

/** A series that cannot stand on this version, or that was stopped together with its worker. */
export interface SkippedRun {
  readonly name: string;
  readonly why: string;
  readonly stopped?: true;
}

/** Runs with the same value; in order of the first run. */
export interface ValueGroup {
  readonly runs: readonly RunIndex[];
  readonly value: Scalar;
}

/** The patched function that ran last before a divergence. */
export interface Cause {
  readonly run: RunIndex;
  readonly fn: string;
  readonly patch: string;
  readonly event: EventRef;
}

export interface Divergence {
  readonly event: EventRef;
  readonly kind: Kind;
  readonly subject: string;
  readonly values: readonly ValueGroup[];
  readonly causes: readonly Cause[];
  /** Only the recorded kernel differs, and an input may have been lost before. */
  readonly unknown?: true;
}

/** The state of runs that agree, as lines that a unified diff is made of. */
export interface StateDump {
  readonly runs: readonly RunIndex[];
  readonly lines: readonly string[];
}

/**
 * A call that came back with an error in some runs, for one reason; or that, as the trace ends,
 * waits for a page that nobody frees.
 */
export interface Refusal {
  readonly event: EventRef;
  /** `-16 EBUSY`; `not over when the trace ends`. */
  readonly result: string;
  readonly runs: readonly RunIndex[];
  /** The kernel function that refused first; '' when that is not known. */
  readonly fn: string;
  /** What its refusal means; '' when its error says all. */
  readonly why: string;
  readonly page?: PageInTheWay;
  /** Runs in which this call came back without an error. */
  readonly otherwise: readonly RunIndex[];
}

export interface Violation {
  readonly runs: readonly RunIndex[];
  readonly invariant: string;
  readonly doc: string;
  readonly from: EventRef;
  /** The event that ended it; undefined: it lasts until the end. */
  readonly until?: EventRef;
  /** Sentences when it began. */
  readonly first: readonly string[];
  /** Sentences just before it ended, when they are other ones. */
  readonly last?: readonly string[];
}

/** A Kconfig symbol or boot parameter that was assumed, and with which the verdict is another. */
export interface Hinge {
  /** `TRANSPARENT_HUGEPAGE=y`: not what was assumed. */
  readonly config?: string;
  /** `movable_node`: on no command line of the trace. */
  readonly parameter?: string;
  /** Policies of which something else is found then. */
  readonly changes: readonly {
    readonly name: string;
    /** From the base, with that value. */
    readonly parts: boolean;
    /** As in the verdict, with that value. */
    readonly standing: string;
  }[];
}

/** Of a claim: nobody's patch, the trace says what it expects of every kernel. */
export const OF_TRACE = 'trace';

export interface ClaimResult {
  readonly run: RunIndex;
  /** Id of the policy that claims it, or `trace`. */
  readonly patch: string;
  readonly text: string;
  readonly holds: string;
  /**
   * untested: none of the patch's functions ran; not exercised: what the invariant speaks of was
   * never there, so that nothing could break it. unknown: the replay goes at the pace of a kernel
   * that did otherwise, so what came of it is no evidence.
   */
  readonly result: 'held' | 'broken' | 'untested' | 'not exercised' | 'unknown';
  readonly where?: EventRef;
}

export interface Losses {
  /** Places where events were lost. */
  readonly places: number;
  /** How many, as far as it was said. */
  readonly events: number;
  readonly first?: EventRef;
  /** From here on inputs may be missing too; absent: the steps tell all of them. */
  readonly inputs?: EventRef;
  /** Recorded facts from there on that differ from a model run. */
  readonly unknown: number;
  /** Events of single pages that were not replayed, because others around them are missing. */
  readonly pageEvents?: number;
}

/** What the README beside a trace says of it. */
export interface About {
  /** Its title. */
  readonly title: string;
  /** What is expected to come out, in its author's words. */
  readonly expect?: string;
}

export interface TraceSummary {
  readonly about?: About;
  /** Folder or file name: `zonelists-S1`. */
  readonly name: string;
  readonly path: string;
  readonly kernel: string;
  /** The model's version that stands for it. */
  readonly base: string;
  /** The kernel is newer than the newest version, which stands for it all the same. */
  readonly newer?: true;
  /** One line: memory, nodes, CPUs, block size. */
  readonly machine: string;
  readonly config: string;
  /** The policy that the recorded kernel is known to have had. */
  readonly series?: string;
  readonly question?: string;
  readonly rows: number;
  readonly inputs: number;
  readonly steps: number;
  readonly time_ns: number;
  /** What was copied from the recording, by kind of row. */
  readonly taken: Readonly<Record<string, number>>;
  /** What the trace does not tell and the model takes for granted; of a scenario. */
  readonly assumed?: readonly string[];
  /** Kconfig symbols that the model asked for and the trace does not give: `DEBUG_VM=n`. */
  readonly kconfig?: readonly string[];
  /** The same, apart. */
  readonly symbols?: readonly AssumedSymbol[];
  /** What the importer could not use, by kind of line. */
  readonly unused: Readonly<Record<string, number>>;
  /** What was wrong in the file; the rest of it was read. */
  readonly problems: readonly string[];
}

export interface Comparison {
  readonly format: typeof COMPARISON_FORMAT;
  readonly tool: string;
  readonly trace: TraceSummary;
  readonly runs: readonly RunSummary[];
  /** The patches of all runs, each once, in their order. */
  readonly policies: readonly PolicySummary[];
  readonly skipped: readonly SkippedRun[];
  /** Model runs that agree in every outcome; in order of the first run. */
  readonly groups: readonly (readonly RunIndex[])[];
  /** Against the run `recorded`; empty when the trace has no outcomes. */
  readonly agreement: readonly Agreement[];
  /** What each policy fixes, adds, leaves and costs; absent when nothing was run. */
  readonly verdict?: TraceVerdict;
  /** In order of events; the first one is what parted the runs. */
  readonly divergences: readonly Divergence[];
  /** Calls that failed on the model, in order, and why. */
  readonly refusals: readonly Refusal[];
  /** State of each group at the first divergence. */
  readonly states: readonly StateDump[];
  readonly violations: readonly Violation[];
  readonly claims: readonly ClaimResult[];
  /** What the verdict hangs on; absent: nothing, or nobody looked. */
  readonly hinges?: readonly Hinge[];
  readonly losses: Losses;
  /** What happened in each run, for a page; absent: nobody asked for it. */
  readonly course?: Course;
  /** The command that makes this comparison again. */
  readonly replay: string;
}

/** What of a comparison is told of many traces together: all but what fills pages. */
export type ComparisonLine =
  Omit<Comparison, 'divergences' | 'states' | 'violations' | 'claims' | 'refusals' | 'course'>;

/** Do the runs differ, or does the recorded kernel? What exit status 1 means. */
export function differs(comparison: Pick<Comparison, 'groups' | 'agreement'>): boolean {
  return comparison.groups.length > 1 ||
    comparison.agreement.some((one) => !isLike(one));
}
