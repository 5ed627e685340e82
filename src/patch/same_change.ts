/** Whether two series are one change of the kernel under two names. */
import type { Difference } from '../linux/base/difference.js';
import { touchedFunctions } from './conflicts.js';
import type { Series } from './series.js';

const verbs = ['config', 'replaces', 'substitutes', 'around', 'wraps'] as const satisfies
  readonly (keyof Difference)[];

const doesNothing = (fn: unknown): boolean => /^[^(){}]*\(\s*\)\s*\{\s*\}$/.test(String(fn));

/** Bodies are the same when they are one function: equal texts can mean values of two files. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'function') return typeof b === 'function' && doesNothing(a) && doesNothing(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return [...new Set([...left.keys(), ...right.keys()])]
    .every((key) => isSame(left.get(key), right.get(key)));
}

/** The same functions and switches in the same way; one with state of its own is like no other. */
function isSameChange(one: Series, other: Series): boolean {
  return one.patches.length === other.patches.length && one.patches.every((patch, index) => {
    const beside = other.patches[index];
    return beside !== undefined && (patch === beside ||
      patch.adds === undefined && beside.adds === undefined &&
      verbs.every((verb) => isSame(patch[verb] ?? {}, beside[verb] ?? {})));
  });
}

/** What a verdict needs to know of the policies, by the names of their runs. */
export function policyFacts(series: readonly Series[]): {
  readonly isSame: (one: string, other: string) => boolean;
  readonly touches: (name: string) => readonly string[];
} {
  const named = new Map(series.map((one) => [one.id, one]));
  return {
    isSame: (one, other) => {
      const [a, b] = [named.get(one), named.get(other)];
      return a !== undefined && b !== undefined && isSameChange(a, b);
    },
    touches: (name) => named.get(name)?.patches.flatMap(touchedFunctions) ?? [],
  };
}
