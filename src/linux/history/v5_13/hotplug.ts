import type { Difference } from '../../base/difference.js';

/** Against v5.14. */
export const hotplug: Difference = {
  config: { hvo_excludes_altmap: false, zone_pcp_update: 'always' },
};
