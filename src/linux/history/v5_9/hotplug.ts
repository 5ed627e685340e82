import type { Difference } from '../../base/difference.js';

/** Against v5.10: pages of a block that goes online can be allocated at once. */
export const hotplug: Difference = {
  config: {
    online_isolated: false, zone_pcp_update: 'populated', virtio_mem_movable: 'whole_blocks',
  },
};
