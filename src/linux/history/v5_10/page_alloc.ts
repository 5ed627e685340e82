import type { Difference } from '../../base/difference.js';

/** Against v5.10.112: zones without managed pages are left out. */
export const page_alloc: Difference = {
  config: { reserve_counts: 'keeping' },
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
};
