import type { Difference } from '../../base/difference.js';

/** Against v5.8.18: min_free_kbytes is not raised again (up to 5.8.14). */
export const page_alloc: Difference = {
  config: { khugepaged_updated_at_hotplug: false },
};
