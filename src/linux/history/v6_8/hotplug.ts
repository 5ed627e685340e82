import type { Difference } from '../../base/difference.js';

/** Against v6.9: no notifiers around a block that goes online. */
export const hotplug: Difference = {
  config: { prepare_online: false },
};
