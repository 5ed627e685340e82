import type { Difference } from '../../base/difference.js';

/** v5.14: no memory groups; whoever removes memory says which node to test. */
export const hotplug: Difference = {
  config: { memory_groups: false, removed_node: 'caller' },
};
