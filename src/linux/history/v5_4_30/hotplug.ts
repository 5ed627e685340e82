import type { Difference } from '../../base/difference.js';

/** Against v5.4.71: lists are not drained again after a failed test (to 5.4.66). */
export const hotplug: Difference = { config: { offline_drain_after_failed_test: false } };
