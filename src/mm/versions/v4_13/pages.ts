import type { Difference } from '../../difference.js';

/** Page lists, isolation and drains: what differs from the next newer version here. */
export const pages: Difference = {
  config: { contig_drains: 'before_test', isolate_counts: false },
};
