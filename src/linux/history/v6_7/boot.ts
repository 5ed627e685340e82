import type { Difference } from '../../base/difference.js';

/** Against v6.8: memoryless nodes have a line of their own, and coverage is counted otherwise. */
export const boot: Difference = {
  config: { numa_coverage_by: 'numa_meminfo', memoryless_node_printed: true },
};
