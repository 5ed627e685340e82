import type { Difference } from '../../difference.js';

/** v5.17: blocks do not remember their zone, pgdats are made at hot-add. */
export const hotplug: Difference = {
  config: {
    memory_block_zone: false,
    hotadd_pgdat: 'allocated',
    hvo_excludes_altmap: true,
    hotplug_lock: 'pages',
    node_work_at_notify: true,
    virtio_mem_subblock: 'largest_block',
  },
};
