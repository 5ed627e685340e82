import type { Difference } from '../../difference.js';

/** Against v5.3. */
export const page_alloc: Difference = {
  config: {
    zonelists_stop_machine: true,
    built_line_names_order: true,
    thp_counts_movable: true,
    pcp_batch_bound: 128,
  },
};
