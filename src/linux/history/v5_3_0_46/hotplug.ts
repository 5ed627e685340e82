import type { Difference } from '../../base/difference.js';

/** Against v5.4.30: links by the memmap, `removable` is a guess. */
export const hotplug: Difference = {
  config: { unlink_blocks_by: 'memmap', removable_by: 'pages' },
};
