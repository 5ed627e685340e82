import type { Difference } from '../../base/difference.js';

/** Against v5.11: offlining drains per-cpu lists again and again. */
export const hotplug: Difference = {
  config: {
    offline_pcp_disable: false,
    offline_drain_after_failed_test: true,
    offlined_pages_info: true,
    virtio_mem_plain: true,
  },
};
