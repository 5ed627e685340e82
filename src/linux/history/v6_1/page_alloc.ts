import type { Difference } from '../../base/difference.js';

/** Against v6.6: min of ZONE_MOVABLE is like any other. */
export const page_alloc: Difference = {
  config: { movable_min_capped: false },
};
