import type { Difference } from '../../base/difference.js';

/** Against v4.15.0-125: a zone is told by links alone. */
export const hotplug: Difference = { config: { zone_test_spans: false } };
