import type { Difference } from '../../base/difference.js';

/** Against v5.8.18: no drain in the loop that offlines (up to 5.8.9). */
export const hotplug: Difference = {
  config: { offline_drain_after_failed_test: false },
};
