import type { Difference } from '../../base/difference.js';

/** Against v6.8: ranges of one block only hold their memmap, node states fall last. */
export const hotplug: Difference = {
  config: { memmap_on_memory: 'one_block_or_ordinary', clear_node_before_rebuild: false },
};
