import type { Difference } from '../../base/difference.js';

/** Against 4.15.0-125: a count is not bounded. */
export const pages: Difference = { config: { pcp_bulk_bounded: false } };
