import type { Difference } from '../../base/difference.js';
import { offline_before_5_11 } from '../../mm/memory_hotplug/offline_before_5_13.js';

/** Against v5.11: offlining drains per-cpu lists again and again. */
export const hotplug: Difference = {
  config: {
    offline_drain_after_failed_test: true,
    offlined_pages_info: true,
    virtio_mem_plain: true,
  },
  ...offline_before_5_11,
};
