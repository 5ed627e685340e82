import type { Difference } from '../../base/difference.js';

/** 88e8ac11d2ea is in 5.4.61. */
export const pages: Difference = { config: { pcp_bulk_bounded: true } };
