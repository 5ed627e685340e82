import type { Difference } from '../../base/difference.js';

/** Against v6.8: a node without memory is in its own fallback order. */
export const page_alloc: Difference = {
  config: { memoryless_local_node_skipped: false },
};
