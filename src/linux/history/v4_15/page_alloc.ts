import type { Difference } from '../../base/difference.js';

/** Against v4.15.0-125. */
export const page_alloc: Difference = { config: { khugepaged_updated_at_hotplug: false } };
