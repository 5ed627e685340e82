import type { Difference } from '../../base/difference.js';

/** Against v5.8.18: free_pcppages_bulk() believes whatever count it is told (88e8ac11d2ea). */
export const pages: Difference = { config: { pcp_bulk_bounded: false } };
