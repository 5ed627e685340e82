/**
 * What one run knows and another does not: whether a memory block looks removable, where the pages
 * of the one are known and those of the other are not. That is no difference between two kernels.
 */
import type { RunIndex } from '../document_parts.js';

/** What is needed of a divergence. */
export interface Parting {
  readonly kind: string;
  readonly unknown?: true;
  readonly values: readonly { readonly runs: readonly RunIndex[]; readonly value: unknown }[];
}

const removable = / removable=\S+/;

/** The texts are equal but for a word that one of them lacks. */
function lacksWord(a: string, b: string): boolean {
  return removable.test(a) !== removable.test(b) &&
    a.replace(removable, '') === b.replace(removable, '');
}

/** Two runs part in nothing else. */
export function partByNotKnown(
  divergences: readonly Parting[], a: RunIndex, b: RunIndex,
): boolean {
  const parted = divergences.flatMap(({ unknown, kind, values }) => {
    const [one, other] = [a, b].map((run) => values.find(({ runs }) => runs.includes(run)));
    return unknown === true || one === other ? []
      : [kind === 'state' && lacksWord(String(one?.value), String(other?.value))];
  });
  return parted.length > 0 && parted.every(Boolean);
}
