import type { Difference } from '../../base/difference.js';

/** v5.3.14: links by the memmap. */
export const hotplug: Difference = { config: { unlink_blocks_by: 'memmap' } };
