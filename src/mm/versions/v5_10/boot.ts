import type { Difference } from '../../difference.js';

/**
 * v5.10 up to v5.10.23, and v5.8: memory gets its struct pages zone by zone; all holes have become
 * pages of node 0, zone 0 before.
 */
export const boot: Difference = {
  config: { reserved_low: 2 ** 16, compaction_clamped: false, online_by_subsection: false },
  replaces: {
    init_unavailable_mem: (k) => k.init_unavailable_mem_node0(),
    memmap_init: (k) => k.memmap_init_by_zone(),
  },
};
