/** What `verify` counts: facts of a recording, each held against the model. */

export interface Disagreement {
  /** Step of the recording the fact belongs to: 0 is the boot. */
  readonly step: number;
  /** What it is about: `zone 1/Normal managed`, `call 3`, `memory block 32 valid_zones`. */
  readonly fact: string;
  readonly recorded: string;
  readonly modelled: string;
}

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

export interface Verification {
  readonly recording: string;
  /** Base version and policies, joined by `+`. */
  readonly series: string;
  readonly facts: number;
  readonly agree: number;
  /** In order of the recording. */
  readonly disagree: readonly Disagreement[];
  /** Numbers copied from the recording because the model cannot know them, by kind. */
  readonly taken: Readonly<Record<string, number>>;
  /** Facts of the recording that the model says nothing about, by kind. */
  readonly unspoken: Readonly<Record<string, number>>;
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
  /** What could not be compared because of that, by kind. */
  readonly uncompared: Readonly<Record<string, number>>;
}

/** `absent`: the other side has the thing, this one does not. */
export const ABSENT = 'absent';

/** Collects the facts of one recording. */
export class FactSheet {
  #agree = 0;
  readonly #disagree: Disagreement[] = [];
  readonly #taken = new Map<string, number>();
  readonly #unspoken = new Map<string, number>();
  readonly #uncompared = new Map<string, number>();
  /** An input may have been lost by now: what differs may differ for that reason. */
  inDoubt = false;
  readonly #freePages: FreePages[] = [];

  /** Holds one recorded value against the modelled one, as text. */
  hold(step: number, fact: string, recorded: string, modelled: string): void {
    if (recorded === modelled) this.#agree += 1;
    else if (this.inDoubt) {
      const group = /^(result|log|call|BUG)\b/.exec(fact)?.[1] ?? 'state';
      this.hide(`${group} that differs:${fact.replace(/\d+/g, 'N')}`);
    } else this.disagree(step, fact, recorded, modelled);
  }

  /** They differ, whatever events were lost. */
  disagree(step: number, fact: string, recorded: string, modelled: string): void {
    this.#disagree.push({ step, fact, recorded, modelled });
  }

  /** Not compared, because events were lost. */
  hide(kind: string, count = 1): void {
    this.#uncompared.set(kind, (this.#uncompared.get(kind) ?? 0) + count);
  }

  take(kind: string, count = 1): void {
    this.#taken.set(kind, (this.#taken.get(kind) ?? 0) + count);
  }

  leave(kind: string, count = 1): void {
    this.#unspoken.set(kind, (this.#unspoken.get(kind) ?? 0) + count);
  }

  freePages(one: FreePages): void {
    this.#freePages.push(one);
  }

  finish(
    recording: string, series: string, losses: Omit<LostEvents, 'uncompared'> | undefined,
  ): Verification {
    const disagree = this.#disagree
      .map((one, index) => ({ one, index }))
      .sort((a, b) => a.one.step - b.one.step || a.index - b.index)
      .map(({ one }) => one);
    return {
      recording,
      series,
      facts: this.#agree + disagree.length,
      agree: this.#agree,
      disagree,
      taken: sorted(this.#taken),
      unspoken: sorted(this.#unspoken),
      ...(losses === undefined ? {}
        : { losses: { ...losses, uncompared: sorted(this.#uncompared) } }),
      ...(this.#freePages.length === 0 ? {} : { free_pages: this.#freePages }),
    };
  }
}

/** The counts as an object with sorted keys: the same bytes for the same recording. */
function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
