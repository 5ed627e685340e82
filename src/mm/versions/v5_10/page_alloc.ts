import type { Difference } from '../../difference.js';

/** Against v5.14. */
export const page_alloc: Difference = {
  config: {
    wmarks_update_pcp: false,
    pcp_high: 'batches',
    pcp_sizes_remembered: false,
  },
};
