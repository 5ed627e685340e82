import type { Difference } from '../../base/difference.js';

/** v5.4.71: blocks are found on a list; blocks with holes may go offline; drains came back. */
export const hotplug: Difference = {
  config: {
    memory_block_lookup: 'klist',
    refuse_holes: false,
    // 9683182612214 went into 5.4.67.
    offline_drain_after_failed_test: true,
  },
};
