/** Holds a recorded sequence of lines against the modelled one: what is common, what is not. */
import { createHash } from 'node:crypto';
import { pushAll } from '../base/long_lists.js';
import { onceFor } from '../base/once.js';
import type { Causes } from '../observe/facts/causes.js';
import type { Subject } from '../observe/facts/fact.js';
import { ABSENT } from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import { shortestEdits, type Edit } from './edits.js';
import type { FactSheet, Held } from './facts.js';

/** One element of a sequence and the step it belongs to. */
export interface Element {
  readonly step: number;
  /** Of a recorded element its row; of a modelled one the row that was being replayed. */
  readonly row: number;
  /** The field of its fact: the function, the kind of line. */
  readonly field: string;
  readonly text: string;
  /** Corrections that a modelled element depends on. */
  readonly causes: Causes;
  /** Events were lost around it: that the other side has not got it says nothing. */
  readonly inDoubt?: boolean;
}

/** More edits than this and two sequences have nothing to do with each other. */
const MAX_EDITS = 5000;

/** Most policies change nothing of what is called: many runs of a trace ask for the same edits. */
const editsByTexts = onceFor((_trace: Trace) => new Map<string, readonly Edit[]>());

function editsOf(
  trace: Trace, recorded: readonly Element[], modelled: readonly Element[],
): readonly Edit[] {
  // Which texts are equal decides, and numbers are compared faster.
  const numbers = new Map<string, number>();
  const numbered = ({ text }: Element): number => {
    const number = numbers.get(text) ?? numbers.size;
    if (number === numbers.size) numbers.set(text, number);
    return number;
  };
  const [ours, theirs] = [Int32Array.from(recorded, numbered), Int32Array.from(modelled, numbered)];
  const key = createHash('sha256').update(`${ours.join()} ${theirs.join()}`).digest('base64');
  const known = editsByTexts(trace);
  const edits = known.get(key) ?? findEdits(ours, theirs);
  known.set(key, edits);
  return edits;
}

function findEdits(ours: Int32Array, theirs: Int32Array): readonly Edit[] {
  return shortestEdits(ours, theirs, MAX_EDITS) ?? [
    { count: ours.length, added: false, removed: true },
    { count: theirs.length, added: true, removed: false },
  ];
}

/**
 * Elements that both have in the same order agree. Where they part, recorded and modelled
 * elements are paired in order; what is left over stands against `absent`. Elements in doubt need
 * no partner, and nothing is known of them.
 */
export function holdSequence(
  facts: FactSheet, trace: Trace, subject: Subject,
  recorded: readonly Element[], modelled: readonly Element[],
): void {
  new Sequence(facts, subject).hold(recorded, modelled, editsOf(trace, recorded, modelled));
}

/** What is told of a subject's elements that nobody can compare. */
const names: { readonly [K in Subject['kind']]?: string } =
  { fault: 'BUG or oops', drain: 'mm_page_pcpu_drain' };

class Sequence {
  readonly #facts: FactSheet;
  readonly #subject: Subject;
  /** Recorded elements without a partner. */
  readonly #waiting: Element[] = [];

  constructor(facts: FactSheet, subject: Subject) {
    this.#facts = facts;
    this.#subject = subject;
  }

  hold(
    recorded: readonly Element[], modelled: readonly Element[], edits: readonly Edit[],
  ): void {
    let [here, there] = [0, 0];
    for (const { count, added, removed } of edits) {
      const mine = added ? [] : recorded.slice(here, here + count);
      const others = removed ? [] : modelled.slice(there, there + count);
      if (added) this.#onlyModelled(others);
      else {
        this.#flush();
        if (removed) pushAll(this.#waiting, this.#certain(mine, 'recording'));
        else mine.forEach((one, index) => this.#both(one, others[index] ?? one));
      }
      here += mine.length;
      there += others.length;
    }
    this.#flush();
  }

  #held({ step, row, field }: Element): Held {
    return { step, row, field, subject: this.#subject };
  }

  #both(recorded: Element, modelled: Element): void {
    const held = this.#held(recorded);
    const { text } = recorded;
    if (recorded.inDoubt === true || modelled.inDoubt === true) {
      this.#facts.doubt(`${this.#name()} that both have`, held, text, text);
    } else this.#facts.hold(held, text, text, modelled.causes);
  }

  #onlyModelled(elements: readonly Element[]): void {
    for (const one of this.#certain(elements, 'model')) {
      const partner = this.#waiting.shift();
      const held = this.#held(partner ?? one);
      this.#facts.disagree(held, partner?.text ?? ABSENT, one.text, one.causes);
    }
  }

  #flush(): void {
    for (const one of this.#waiting.splice(0)) {
      this.#facts.disagree(this.#held(one), one.text, ABSENT, one.causes);
    }
  }

  #certain(elements: readonly Element[], side: 'recording' | 'model'): readonly Element[] {
    for (const one of elements) {
      if (one.inDoubt !== true) continue;
      const [here, there] = side === 'model' ? [ABSENT, one.text] : [one.text, ABSENT];
      this.#facts.doubt(`${this.#name()} that only the ${side} has`, this.#held(one), here, there);
    }
    return elements.filter(({ inDoubt }) => inDoubt !== true);
  }

  #name(): string {
    return names[this.#subject.kind] ?? this.#subject.kind;
  }
}
