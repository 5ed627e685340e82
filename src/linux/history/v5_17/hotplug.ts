import type { Difference } from '../../base/difference.js';

/** Against v5.18: blocks do not remember their zone, pgdats are made at hot-add. */
export const hotplug: Difference = {
  config: { memory_block_zone: false, hotadd_pgdat: 'allocated' },
};
