import type { Difference } from '../../base/difference.js';

/** Against v5.13: no memmap in the memory. */
export const hotplug: Difference = {
  config: { memmap_on_memory: 'none', online_alignment: 'section', lru_drain_each_pass: true },
};
