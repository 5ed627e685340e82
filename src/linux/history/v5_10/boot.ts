import type { Difference } from '../../base/difference.js';

/**
 * v5.10 up to v5.10.19: memory gets its struct pages zone by zone; all holes have become
 * pages of node 0, zone 0 before (to v5.10.23); compaction leaves its zone (to v5.10.19).
 */
export const boot: Difference = {
  config: { compaction_clamped: false, bottom_up_from: 'kernel_end' },
  replaces: {
    init_unavailable_mem: (k) => k.init_unavailable_mem_node0(),
    memmap_init: (k) => k.memmap_init_by_zone(),
  },
};
