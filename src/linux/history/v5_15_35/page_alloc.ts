import type { Difference } from '../../base/difference.js';

/** Against v5.17. */
export const page_alloc: Difference = {
  config: {
    node_load_step: 'set_load',
    fallback_order_printed: false,
    min_free_recomputed_without_thp: false,
  },
  // e553f62f10d9 went into 5.15.35.
  substitutes: { build_zonerefs_node: { managed_zone: 'populated_zone' } },
};
