import type { Difference } from '../../difference.js';

/** Against v5.14: offlining drains per-cpu lists again and again, no memmap in the memory. */
export const hotplug: Difference = {
  config: {
    memmap_on_memory: 'none',
    online_alignment: 'section',
    offline_pcp_disable: false,
    offline_drain_after_failed_test: true,
    lru_drain_each_pass: true,
    zone_pcp_update: 'always',
    offlined_pages_info: true,
    virtio_mem_plain: true,
  },
};
