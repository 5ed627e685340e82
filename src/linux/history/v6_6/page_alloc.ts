import type { Difference } from '../../base/difference.js';

/** Against v6.7: high of the per-cpu lists is fixed. */
export const page_alloc: Difference = {
  config: { pcp_high: 'low_wmark' },
};
