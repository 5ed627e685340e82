/** What was seen in a run: values of subjects, kept only where they change, and their digest. */
import { createHash, type Hash } from 'node:crypto';
import { parseWords } from '../base/words.js';

export type Scalar = string | number;

/**
 * result: what an input returned; fault: a BUG, oops or warning; invariant: one that is violated;
 * state: what a user of the machine can see; links: struct pages; zonelists; log: lines; cost.
 * Costs and log lines may differ without the outcome being another one.
 */
export type Kind =
  'result' | 'fault' | 'invariant' | 'state' | 'zonelists' | 'links' | 'log' | 'cost';

/** Kinds that make two runs different, the gravest first. */
export const outcomeKinds: readonly Kind[] = [
  'result', 'fault', 'invariant', 'state', 'zonelists', 'links',
];

/** A subject has this value from this row on (or at this row only, for a point). */
export interface Observation {
  /** Input row, or -1 for the boot. */
  readonly row: number;
  readonly kind: Kind;
  /** `node 1 Normal`, `memory32`, `result`, ... */
  readonly subject: string;
  /** ABSENT: the subject is gone. */
  readonly value: Scalar;
}

/** The words of a value that has some, `spanned=0 present=0`. */
export function wordsOfValue(value: Scalar): Map<string, string> {
  return parseWords(String(value));
}

/**
 * Words that a value lacks where the model does not know them: of a block whose pages the trace
 * does not tell apart. That they are missing is no difference between two kernels.
 */
export const leftOutWhenUnknown: ReadonlySet<string> = new Set(['removable']);

/** The value of a subject that is not there. */
export const ABSENT = 'absent';

/** Subjects of these kinds hold at one row only; those of the others until they change. */
export function isPoint(kind: Kind): boolean {
  return kind === 'result' || kind === 'fault' || kind === 'log';
}

/** How many of another run's observations of a row are compared: an event makes few. */
const LOOKED_AT = 32;

/** Observations in the order they were made. */
export class ObservationLog {
  readonly #list: Observation[] = [];
  /** By kind, then subject. */
  readonly #last = new Map<Kind, Map<string, Scalar>>();
  readonly #hash: Hash = createHash('sha256');
  /** Observations of another run of the trace: what is the same is kept once for both. */
  readonly #other: readonly Observation[];
  /** The first one there of the row that was seen last. */
  #at = 0;

  constructor(other: readonly Observation[] = []) {
    this.#other = other;
  }

  get list(): readonly Observation[] {
    return this.#list;
  }

  /** Notes a value; nothing when the subject has it already. */
  see(row: number, kind: Kind, subject: string, value: Scalar): void {
    if (!isPoint(kind)) {
      const last = this.#lastOf(kind);
      if ((last.get(subject) ?? ABSENT) === value) return;
      last.set(subject, value);
    }
    this.#list.push(this.#same(row, kind, subject, value) ?? { row, kind, subject, value });
    if (outcomeKinds.includes(kind)) {
      this.#hash.update(`${row}\t${kind} ${subject}\t${value}\n`);
    }
  }

  #same(row: number, kind: Kind, subject: string, value: Scalar): Observation | undefined {
    const other = this.#other;
    while (this.#at < other.length && (other[this.#at]?.row ?? row) < row) this.#at += 1;
    const end = this.#at + LOOKED_AT;
    for (let at = this.#at; at < end && other[at]?.row === row; at += 1) {
      const one = other[at] as Observation;
      if (one.subject !== subject || one.kind !== kind || one.value !== value) continue;
      // Runs see what they see in the same order.
      this.#at = at + 1;
      return one;
    }
    return undefined;
  }

  /** The subject's value now; ABSENT when it was never seen. */
  valueOf(kind: Kind, subject: string): Scalar {
    return this.#last.get(kind)?.get(subject) ?? ABSENT;
  }

  /** The run is over: what each subject had last is let go. */
  close(): void {
    this.#last.clear();
  }

  #lastOf(kind: Kind): Map<string, Scalar> {
    const known = this.#last.get(kind);
    if (known !== undefined) return known;
    const made = new Map<string, Scalar>();
    this.#last.set(kind, made);
    return made;
  }

  /** Twelve hex digits over all observations of the outcome kinds, in order. */
  digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 12);
  }
}
