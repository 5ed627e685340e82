import type { Difference } from '../../base/difference.js';

/** Against v5.4.71. */
export const page_alloc: Difference = {
  config: { khugepaged_updated_at_hotplug: false },
};
