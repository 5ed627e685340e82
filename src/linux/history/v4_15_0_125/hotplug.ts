import type { Difference } from '../../base/difference.js';

/** v4.14 to v4.16: added pages name their node, and `valid_zones` believes them. */
export const hotplug: Difference = {
  config: {
    added_pages_name_node: true,
    valid_zones_by: 'memmap',
    // Since 4.15.0-59.
    zone_test_spans: true,
  },
};
