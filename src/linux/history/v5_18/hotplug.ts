import type { Difference } from '../../base/difference.js';

/** Against v5.19: subblocks of virtio-mem are not smaller than the largest free block. */
export const hotplug: Difference = {
  config: { virtio_mem_subblock: 'largest_block' },
};
