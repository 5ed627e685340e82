import type { Difference } from '../../base/difference.js';

/** Against v5.15.35: zones without managed pages are left out. */
export const page_alloc: Difference = {
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
};
