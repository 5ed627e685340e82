import type { Difference } from '../../base/difference.js';

/** Against v4.18. */
export const page_alloc: Difference = {
  config: { thp_counts_movable: true, khugepaged_updated_at_hotplug: true },
};
