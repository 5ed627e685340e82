import type { Difference } from '../../base/difference.js';

/** Against v5.4.71: a count is not bounded. */
export const pages: Difference = { config: { pcp_bulk_bounded: false } };
