import type { Difference } from '../../base/difference.js';

/** Against v5.0.6. */
export const pages: Difference = {
  config: { isolate_counts: false, movable_zone_trusted: false },
};
