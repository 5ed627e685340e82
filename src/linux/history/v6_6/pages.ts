import type { Difference } from '../../base/difference.js';

/** Against v6.7: a full per-cpu list gives back twice as much each time. */
export const pages: Difference = {
  config: { pcp_free: 'free_factor' },
};
