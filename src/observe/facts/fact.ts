/**
 * Facts of a recording, held against the model: what each is about, what both sides say, and the
 * verdict. Every command that holds a recording against the model counts these.
 */
import type { CorrectionCause } from './causes.js';

/** What a fact is about. */
export type Subject =
  | { readonly kind: 'zone'; readonly nid: number; readonly zone: string }
  | { readonly kind: 'node'; readonly nid: number }
  | { readonly kind: 'node_states' }
  | { readonly kind: 'memory_block'; readonly id: number }
  | { readonly kind: 'zonelist'; readonly nid: number; readonly list: 'fallback' | 'nofallback' }
  | { readonly kind: 'page'; readonly pfn: number }
  /** Of one CPU's per-cpu lists of a zone. */
  | { readonly kind: 'pcp'; readonly nid: number; readonly zone: string; readonly cpu: number }
  /** The pool of huge pages, of a node or (without `nid`) of all. */
  | { readonly kind: 'huge_pages'; readonly nid?: number }
  | { readonly kind: 'virtio_mem'; readonly device: string }
  /** An input call, by its event; the field is `ret` or `served`. */
  | { readonly kind: 'result'; readonly event: string }
  /** A call of a kernel function; the field is its name, the values are whole calls. */
  | { readonly kind: 'call' }
  /** A line of the kernel log; the field is its kind. */
  | { readonly kind: 'log' }
  /** A BUG or an oops; the field is the function that it is in. */
  | { readonly kind: 'fault' }
  /** A block that went from a per-cpu list to the buddy allocator. */
  | { readonly kind: 'drain' }
  /** Free pages of a zone, or (field `lists`) pages on its per-cpu lists, that stay unexplained. */
  | { readonly kind: 'free_pages'; readonly nid: number; readonly zone: string };

/** Numbers of pages, pfns and ids as numbers; the rest as the kernel prints it. */
export type FactValue = string | number;

/** What a row of a recording says. */
export interface RecordedFact {
  readonly subject: Subject;
  readonly field: string;
  readonly value: FactValue;
}

/**
 * agrees: the model says the same by itself. agrees_after_correction: it does, and depends on a
 * value that was taken from the recording. unknown: events that were lost, or not traced, can be
 * why both sides are as they are, whatever they are.
 */
export const verdicts = ['agrees', 'agrees_after_correction', 'disagrees', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

/** How many facts have each verdict. */
export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** Where a fact stands in its recording. */
export interface FactPlace {
  /** Step that it belongs to: 0 is the boot. */
  readonly step: number;
  /** The row that says it, or where the recording would have said it; -1: none. */
  readonly row: number;
}

export interface Fact extends FactPlace {
  readonly subject: Subject;
  readonly field: string;
  /** ABSENT (observation.ts): this side has no such thing. */
  readonly recorded: FactValue;
  readonly modelled: FactValue;
  readonly verdict: Verdict;
  /** Corrections that the modelled value depends on, of any verdict. */
  readonly causes: readonly CorrectionCause[];
}

export type CauseCounts = { readonly [C in CorrectionCause]?: number };

/** All facts of a recording, held against one kernel. */
export interface HeldFacts {
  /** Of any verdict. */
  readonly facts: number;
  readonly verdicts: VerdictCounts;
  /** In order of the recording. */
  readonly disagree: readonly Fact[];
  /** Facts that agree after a correction, by cause; a fact can have several. */
  readonly afterCorrection: CauseCounts;
}

/** Does nothing disagree? What is unknown does not. */
export function isLike({ verdicts: { disagrees } }: Pick<HeldFacts, 'verdicts'>): boolean {
  return disagrees === 0;
}

/** Do both sides say the same? */
export function sameValue(one: FactValue, other: FactValue): boolean {
  return one === other || `${one}` === `${other}`;
}
