import type { Difference } from '../../base/difference.js';

/** Against v6.11: hot-added pages are reserved, offlining subtracts all pages as managed. */
export const hotplug: Difference = {
  config: { hotplug_reserved: true, offline_managed: 'all' },
};
