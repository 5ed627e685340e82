import type { Difference } from '../../base/difference.js';
import { offline_before_5_13 } from '../../mm/memory_hotplug/offline_before_5_13.js';

/** Against v5.13: no memmap in the memory. */
export const hotplug: Difference = {
  config: { memmap_on_memory: 'none', online_alignment: 'section' },
  ...offline_before_5_13,
};
