import type { Difference } from '../../difference.js';

/** Page lists, isolation and drains: what differs from the next newer version here. */
export const pages: Difference = {
  config: {
    migratetype_cached: true,
    pcp_free: 'free_factor',
    fallback: 'can_steal',
  },
};
