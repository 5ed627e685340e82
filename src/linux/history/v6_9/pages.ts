import type { Difference } from '../../base/difference.js';

/** Against v6.10: pages on per-cpu lists remember their migratetype. */
export const pages: Difference = {
  config: { migratetype_cached: true },
};
