import type { Difference } from '../../base/difference.js';

/** Against v6.1: nodes register their huge pages by work of the node. */
export const hotplug: Difference = { config: { node_work_at_notify: true } };
