import type { Difference } from '../../base/difference.js';

/** Page lists, isolation and drains: what differs from v5.10. */
export const pages: Difference = { config: { isolate_counts: true } };
