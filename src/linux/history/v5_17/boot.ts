import type { Difference } from '../../base/difference.js';

/** Against v5.18: possible nodes that are not online have no pgdat yet. */
export const boot: Difference = {
  config: { offline_nodes_initialised: false, memoryless_node_named: false },
};
