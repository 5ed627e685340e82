/**
 * What of the model a run went through: steps from one function to the next, and of each function
 * the kinds of its results, which are its branches as far as a caller sees them.
 */
import { TraceError } from '../base/errors.js';
import * as functions from '../linux/functions.js';
import type { ReplayObserver } from '../replay/observer.js';

const names = Object.entries(functions)
  .filter(([, value]) => typeof value === 'function').map(([name]) => name);
const numberOf = new Map(names.map((name, index) => [name, index + 1]));
const allFunctions: ReadonlySet<string> = new Set(names);

/** Kinds of results beside negative errnos. */
const KINDS = 256;
const COUNT = names.length + 1;

/** Zero, above, an errno by its number, true, false, nothing, an object. */
function kindOf(result: unknown): number {
  switch (typeof result) {
    case 'number': return result > 0 ? 1 : Math.min(KINDS - 1, 8 - Math.max(result, -200));
    case 'boolean': return result ? 2 : 3;
    case 'undefined': return 4;
    case 'string': return 5;
    default: return 6;
  }
}

/**
 * Calls of one row: what goes round for ever must not end the search. The same on every machine,
 * which a clock would not be; of a row, for a trace that is to be made small can have many.
 */
const CALLS_MAX = 2_000_000;

export interface Coverage {
  readonly observer: ReplayObserver;
  /** Steps and kinds of results, each a number that says the same in every run of this version. */
  readonly features: ReadonlySet<number>;
  /** The function was called. */
  entered(fn: string): boolean;
  /**
   * Error: TraceError when a row took more calls than it may: nothing is known of what comes of the
   * run, and that it ended is no doing of a policy.
   */
  ended(): void;
}

const tooLong = (): TraceError =>
  new TraceError({ file: '', line: 0 }, `a row takes more than ${CALLS_MAX} calls`);

/** For one run. */
export function coverage(): Coverage {
  const features = new Set<number>();
  const called = new Uint8Array(COUNT);
  let last = 0;
  let calls = 0;
  return {
    features,
    entered: (fn) => called[numberOf.get(fn) ?? 0] === 1,
    ended: () => {
      if (calls > CALLS_MAX) throw tooLong();
    },
    observer: {
      functions: allFunctions,
      beforeRow: () => {
        if (calls <= CALLS_MAX) calls = 0;
      },
      enter: (fn) => {
        calls += 1;
        if (calls > CALLS_MAX) throw tooLong();
        const now = numberOf.get(fn) ?? 0;
        called[now] = 1;
        features.add(last * COUNT + now);
        last = now;
      },
      leave: (fn, result) => {
        features.add(COUNT * COUNT + (numberOf.get(fn) ?? 0) * KINDS + kindOf(result));
      },
    },
  };
}

/** How many functions the model has. */
export const functionCount = names.length;
