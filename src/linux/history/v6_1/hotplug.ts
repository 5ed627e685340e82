import type { Difference } from '../../base/difference.js';

/** Against v6.6: other ranges than one block are refused when they ask to hold their memmap. */
export const hotplug: Difference = {
  config: {
    memmap_on_memory: 'one_block',
    poisoned_blocks_refused: false,
    virtio_mem_retries_removal: false,
  },
};
