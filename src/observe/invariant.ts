/** Checks that must hold in every state of any kernel: one file of invariants/ each. */
import { loadFolder } from '../base/folder.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { Harm } from './harm.js';
import type { Scalar } from './observation.js';

/** Something wrong that has a size: reports say when it was largest. */
export interface Breach {
  /** A sentence, with the amount in it. */
  readonly text: string;
  /** Pages, or what else the sentence counts. */
  readonly amount: number;
}

/** What the probes saw after an input, for a check that asks for it. */
export interface Sample {
  /** Of the input; undefined: the boot. */
  readonly event: string | undefined;
  /** Every subject that there is now, by its name. */
  readonly values: ReadonlyMap<string, Scalar>;
}

/** A check of one run; what it remembers of earlier states is its own. */
export interface Check {
  /** A watched function is called. */
  entered?(fn: string, args: readonly unknown[]): void;
  /** It returned. */
  left?(fn: string, result?: unknown): void;
  /** What the probes saw, before `violations` is asked. */
  sampled?(sample: Sample): void;
  /** Was what it speaks of ever there? Absent: as the table of `arises` has it. */
  isExercised?(): boolean;
  /** What is wrong now, a sentence each; the first ones are shown. */
  violations(): Iterable<string | Breach>;
}

export interface Invariant {
  /** The file's name without extension, as the domain's texts number it: `Z1`. */
  readonly id: string;
  /**
   * What is wrong when it does not hold, in two to six words: they stand wherever reports name the
   * id alone. Undefined: the id is words itself, as somebody's own check has it.
   */
  readonly broken?: string;
  /** What must hold, in one sentence. */
  readonly doc: string;
  /** What it does to a user when this does not hold; `wrong` unless it says otherwise. */
  readonly harm?: Harm;
  /** Kernel functions whose calls the check is told of. */
  readonly functions?: readonly string[];
  /** For one run; the kernel has not booted yet. */
  begin(k: Kernel): Check;
}

/** An invariant that needs nothing but the state. */
export function onState(
  id: string, broken: string, doc: string,
  violations: (k: Kernel) => Iterable<string | Breach>, harm: Harm = 'wrong',
): Invariant {
  return { id, broken, doc, harm, begin: (k) => ({ violations: () => violations(k) }) };
}

/** A check that is given with a policy: of one state, or of two that follow each other. */
export interface GivenCheck {
  readonly name: string;
  readonly text: string;
  readonly arises?: (k: Kernel) => boolean;
  readonly remember?: (k: Kernel) => unknown;
  readonly broken: (k: Kernel, before: unknown) => string | undefined;
}

/** `failed` turns what the check throws into the error that says whose it is. */
export function givenInvariant(given: GivenCheck, failed: (error: Error) => Error): Invariant {
  const { name, text, arises, remember, broken } = given;
  return { id: name, doc: text, begin: (k) => {
    let before: unknown;
    let wasThere = false;
    return {
      isExercised: () => {
        // Of two states the first cannot break it.
        wasThere ||= (arises?.(k) ?? true) && (remember === undefined || before !== undefined);
        return wasThere;
      },
      * violations() {
        let wrong: string | undefined;
        try {
          wrong = broken(k, before);
          before = remember?.(k);
        } catch (error) {
          throw failed(error as Error);
        }
        if (wrong !== undefined) yield wrong;
      },
    };
  } };
}

/** Sorted by letter, then number. */
function inOrder(a: Invariant, b: Invariant): number {
  const order = a.id.charCodeAt(0) - b.id.charCodeAt(0);
  return order !== 0 ? order : Number(a.id.slice(1)) - Number(b.id.slice(1));
}

/**
 * All invariants. Z13 (how many changes of a zonelist one allocation sees) needs page-level
 * interleavings; I10 cannot be violated in this model; I12 is about two runs, not a state. Of the
 * memmap question M1 is Z7, M3 is I2 and N6, M7 is Z5 and Z6; M11 and M13 (counts of an altmap,
 * memmaps of huge pages) are about what the model does not have.
 */
export async function loadInvariants(): Promise<readonly Invariant[]> {
  const found = await loadFolder<Invariant>(new URL('./invariants/', import.meta.url));
  return [...found].sort(inOrder);
}
