import type { Difference } from '../../difference.js';

/** v5.10: offlining drains the per-cpu lists again and again, no memmap in the memory itself. */
export const hotplug: Difference = {
  config: {
    memmap_on_memory: 'none',
    online_alignment: 'section',
    offline_pcp_disable: false,
    offline_drain_after_failed_test: true,
    lru_drain_each_pass: true,
    zone_pcp_update: true,
    offlined_pages_info: true,
  },
};
