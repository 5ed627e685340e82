import type { Difference } from '../../base/difference.js';

/** Against v4.18. */
export const pages: Difference = { config: { movable_zone_trusted: true } };
