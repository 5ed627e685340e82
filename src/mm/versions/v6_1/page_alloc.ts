import type { Difference } from '../../difference.js';

/** Against v6.12. */
export const page_alloc: Difference = {
  config: {
    memoryless_local_node_skipped: false,
    movable_min_capped: false,
    pcp_high: 'low_wmark',
  },
};
