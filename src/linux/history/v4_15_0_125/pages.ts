import type { Difference } from '../../base/difference.js';

/** Against v4.18; 88e8ac11d2ea came with the stable fixes of 4.14.195. */
export const pages: Difference = { config: { movable_zone_trusted: true, pcp_bulk_bounded: true } };
