import type { Difference } from '../../base/difference.js';

/** Against v6.1: no huge page without its memmap where blocks hold theirs, a lock for pages. */
export const hotplug: Difference = {
  config: { hvo_excludes_altmap: true, hotplug_lock: 'pages' },
};
