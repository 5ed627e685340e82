import type { Difference } from '../../difference.js';

/** v6.1: blocks hold their memmap one by one, no notifiers around them, node states fall last. */
export const hotplug: Difference = {
  config: {
    memmap_on_memory: 'one_block',
    hotplug_reserved: true,
    poisoned_blocks_refused: false,
    prepare_online: false,
    clear_node_before_rebuild: false,
    offline_managed: 'all',
    virtio_mem_retries_removal: false,
  },
};
