import type { Difference } from '../../base/difference.js';

/** Against v5.0.6: isolation ends by a call that finds nothing; a zone is told by links alone. */
export const hotplug: Difference = {
  config: { offline_isolation_end: 'undo', zone_test_spans: false, cancel_after_undo: false },
};
