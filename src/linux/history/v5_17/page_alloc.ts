import type { Difference } from '../../base/difference.js';

/** Against v5.18. */
export const page_alloc: Difference = {
  config: { zonelists_of: 'online', node_load_scaled: true },
  // Up to e553f62f10d9 zones without managed pages are left out.
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
};
