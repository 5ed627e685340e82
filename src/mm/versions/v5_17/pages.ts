import type { Difference } from '../../difference.js';

/** Page lists, isolation and drains: what differs from the next newer version here. */
export const pages: Difference = {
  config: {
    isolate_ends_first: false,
    drain_remotely: false,
  },
};
