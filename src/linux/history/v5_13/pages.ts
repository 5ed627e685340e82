import type { Difference } from '../../base/difference.js';

/** Against v5.14: per-cpu lists hold single pages and give back a batch. */
export const pages: Difference = {
  config: { pcp_orders: 'order0', pcp_free: 'batch' },
};
