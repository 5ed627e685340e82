import type { Difference } from '../../base/difference.js';

/** Against v5.8. */
export const page_alloc: Difference = {
  config: {
    min_free_kbytes_max: 65536,
    empty_zone_reserves_nothing: false,
    reserve_counts: 'all',
    // 4aab2be09830 went into 5.4.71.
    khugepaged_updated_at_hotplug: true,
  },
};
