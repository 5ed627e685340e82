import type { Difference } from '../../difference.js';

/** v5.8: pages of a block that goes online can be allocated at once; no drain in the loop. */
export const hotplug: Difference = {
  config: {
    online_isolated: false,
    offline_drain_after_failed_test: false,
    zone_pcp_update: 'populated',
  },
};
