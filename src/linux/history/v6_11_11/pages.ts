import type { Difference } from '../../base/difference.js';

/** Against v6.12.y: whoever finds no block of its migratetype falls back by one rule. */
export const pages: Difference = {
  config: { fallback: 'can_steal' },
};
