/**
 * What one run knows and another does not: whether a memory block looks removable, where the pages
 * of the one are known and those of the other are not. That is no difference between two kernels.
 */
import type { Scalar } from '../../observe/observation.js';
import { partInUnknown } from '../values.js';
import type { RunIndex } from '../document_parts.js';

/** What is needed of a divergence. */
export interface Parting {
  readonly kind: string;
  readonly unknown?: true;
  readonly values: readonly { readonly runs: readonly RunIndex[]; readonly value: Scalar }[];
}

/** Two runs part in nothing else. */
export function partByNotKnown(
  divergences: readonly Parting[], a: RunIndex, b: RunIndex,
): boolean {
  const parted = divergences.flatMap(({ unknown, kind, values }) => {
    const [one, other] = [a, b].map((run) => values.find(({ runs }) => runs.includes(run)));
    return unknown === true || one === other ? []
      : [kind === 'state' && one !== undefined && other !== undefined &&
        partInUnknown(one.value, other.value)];
  });
  return parted.length > 0 && parted.every(Boolean);
}
