import type { Difference } from '../../base/difference.js';

/** Against v5.11. */
export const page_alloc: Difference = {
  config: { pcp_sizes_remembered: false },
  // e553f62f10d9 went into 5.10.112.
  substitutes: { build_zonerefs_node: { managed_zone: 'populated_zone' } },
};
