import type { Difference } from '../../difference.js';

/** Page lists, isolation and drains: what differs from the next newer version here. */
export const pages: Difference = {
  config: {
    isolate_drains: true,
    hwpoison_pcp_disable: false,
    contig_drains: 'never',
    pcp_orders: 'order0',
    pcp_free: 'batch',
  },
};
