/** What `verify` counts: facts of a recording, each held against the model. */
import { causesIn, type Causes, type CorrectionCause } from '../observe/facts/causes.js';
import {
  sameValue, type CauseCounts, type Fact, type FactPlace, type FactValue, type HeldFacts,
  type Subject, type Verdict, type VerdictCounts,
} from '../observe/facts/fact.js';
import { ABSENT } from '../observe/observation.js';

/** Free pages of a zone in a snapshot and in the model; what the difference is made of. */
export interface FreePages {
  readonly step: number;
  /** `0/DMA32` */
  readonly zone: string;
  readonly snapshot: number;
  readonly model: number;
  /** They add up to snapshot - model. */
  readonly parts: readonly { readonly pages: number; readonly cause: string }[];
}

export interface Verification extends HeldFacts {
  readonly recording: string;
  /** Base version and policies, joined by `+`. */
  readonly series: string;
  /** All facts, in order of the recording. */
  readonly list: readonly Fact[];
  /** How often the model was set right by the recording, by cause. */
  readonly corrections: CauseCounts;
  /** Numbers copied from the recording because the model cannot know them, by kind. */
  readonly taken: Readonly<Record<string, number>>;
  /** Facts of the recording that the model says nothing about, by kind. */
  readonly unspoken: Readonly<Record<string, number>>;
  /** Facts of verdict `unknown`, by kind. */
  readonly unknown: Readonly<Record<string, number>>;
  /** What the recorder lost; undefined: nothing. */
  readonly losses?: LostEvents;
  /** Of a recording of pages: each zone at each snapshot but the first. */
  readonly free_pages?: readonly FreePages[];
}

export interface LostEvents {
  readonly places: number;
  /** As far as it is said. */
  readonly events: number;
  /** Step in which the first ones are missing. */
  readonly step: number;
}

/** What is held: where it stands, and what it is about. */
export interface Held extends FactPlace {
  readonly subject: Subject;
  readonly field: string;
}

/** Subjects whose facts are told as a kind of their own when they are unknown. */
const told: Readonly<Record<string, string>> =
  { result: 'result', call: 'call', log: 'log', fault: 'BUG' };

/** Collects the facts of one recording. */
export class FactSheet {
  readonly #list: Fact[] = [];
  readonly #taken = new Map<string, number>();
  readonly #unspoken = new Map<string, number>();
  readonly #unknown = new Map<string, number>();
  readonly #corrections = new Map<CorrectionCause, number>();
  /** An input may have been lost by now: whatever both sides say may have that reason. */
  inDoubt = false;
  readonly #freePages: FreePages[] = [];

  /** Holds one recorded value against the modelled one, which depends on these corrections. */
  hold(held: Held, recorded: FactValue, modelled: FactValue, causes: Causes): void {
    const same = sameValue(recorded, modelled);
    if (this.inDoubt) {
      const { subject, field } = held;
      const state = told[subject.kind] ?? 'state';
      this.#count(this.#unknown, `${state} that ${same ? 'agrees' : 'differs'}:${subject.kind} ` +
        field, 1);
      this.#note(held, recorded, modelled, 'unknown', causes);
      return;
    }
    const agrees: Verdict = causes === 0 ? 'agrees' : 'agrees_after_correction';
    this.#note(held, recorded, modelled, same ? agrees : 'disagrees', causes);
  }

  /** They differ, whatever events were lost. */
  disagree(held: Held, recorded: FactValue, modelled: FactValue, causes: Causes): void {
    this.#note(held, recorded, modelled, 'disagrees', causes);
  }

  /** Nobody can know whether it agrees: `kind` says why. */
  doubt(
    kind: string, held: Held, recorded: FactValue = ABSENT, modelled: FactValue = ABSENT,
  ): void {
    this.#count(this.#unknown, kind, 1);
    this.#note(held, recorded, modelled, 'unknown', 0);
  }

  take(kind: string, count = 1): void {
    this.#count(this.#taken, kind, count);
  }

  leave(kind: string, count = 1): void {
    this.#count(this.#unspoken, kind, count);
  }

  /** The model was set right. */
  corrected(cause: CorrectionCause, times = 1): void {
    this.#corrections.set(cause, (this.#corrections.get(cause) ?? 0) + times);
  }

  freePages(one: FreePages): void {
    this.#freePages.push(one);
  }

  finish(recording: string, series: string, losses: LostEvents | undefined): Verification {
    const facts = this.#list.map((one, index) => ({ one, index }))
      .sort((a, b) => a.one.step - b.one.step || a.index - b.index)
      .map(({ one }) => one);
    const after = new Map<CorrectionCause, number>();
    for (const { verdict, causes } of facts) {
      if (verdict !== 'agrees_after_correction') continue;
      for (const cause of causes) after.set(cause, (after.get(cause) ?? 0) + 1);
    }
    return {
      recording, series, list: facts, facts: facts.length, verdicts: countVerdicts(facts),
      disagree: facts.filter(({ verdict }) => verdict === 'disagrees'),
      afterCorrection: sorted(after), corrections: sorted(this.#corrections),
      taken: sorted(this.#taken), unspoken: sorted(this.#unspoken), unknown: sorted(this.#unknown),
      ...(losses === undefined ? {} : { losses }),
      ...(this.#freePages.length === 0 ? {} : { free_pages: this.#freePages }),
    };
  }

  #count(counts: Map<string, number>, kind: string, count: number): void {
    counts.set(kind, (counts.get(kind) ?? 0) + count);
  }

  #note(
    { step, row, subject, field }: Held, recorded: FactValue, modelled: FactValue,
    verdict: Verdict, causes: Causes,
  ): void {
    this.#list.push(
      { step, row, subject, field, recorded, modelled, verdict, causes: causesIn(causes) });
  }
}

/** Of each verdict how many. */
export function countVerdicts(facts: readonly Fact[]): VerdictCounts {
  const counts = { agrees: 0, agrees_after_correction: 0, disagrees: 0, unknown: 0 };
  for (const { verdict } of facts) counts[verdict] += 1;
  return counts;
}

/** The counts as an object with sorted keys: the same bytes for the same recording. */
function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
