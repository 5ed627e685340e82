/** How grave a difference or a finding is. */
import { harms } from '../observe/harm.js';
import type { Kind } from '../observe/observation.js';

/**
 * What harms whoever runs the machine, then what a caller is told otherwise, then what else can be
 * seen. What the log alone tells apart is no other outcome: it is told, and searched on.
 */
const gravities = [...harms, 'result', 'state', 'zonelists', 'links', 'log'] as const;
export type Gravity = (typeof gravities)[number];

/** Below 0: `a` is the graver one. */
export function byGravity(a: Gravity, b: Gravity): number {
  return gravities.indexOf(a) - gravities.indexOf(b);
}

/** Of an observation that is no fault and no invariant. */
export function gravityOfKind(kind: Kind): Gravity {
  return kind === 'fault' || kind === 'invariant' || kind === 'cost' ? 'state' : kind;
}

export const isOutcome = ({ gravity }: { readonly gravity: Gravity }): boolean =>
  gravity !== 'log';

/** Nothing graver can be looked for with profit. */
export const isGrave = ({ gravity }: { readonly gravity: Gravity }): boolean =>
  byGravity(gravity, 'oops') <= 0;

/** In a table: zonelists and links are state too. */
export const gravityText = (gravity: Gravity): string =>
  (gravity === 'zonelists' || gravity === 'links' ? 'state' : gravity);
