import type { Difference } from '../../base/difference.js';

/** Against v5.14: high of the per-cpu lists is six batches. */
export const page_alloc: Difference = {
  config: { wmarks_update_pcp: false, pcp_high: 'batches' },
};
