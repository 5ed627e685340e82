import type { Difference } from '../../base/difference.js';

/** Against v6.1: a drain queues work on each CPU. */
export const pages: Difference = {
  config: { drain_remotely: false },
};
