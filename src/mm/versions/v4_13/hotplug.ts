import type { Difference } from '../../difference.js';

/** v4.13: spans are searched by whole sections, a first online rebuilds zonelists twice. */
export const hotplug: Difference = {
  config: {
    span_search_step: 32768,
    rebuild_twice: true,
    offline_drain_each_pass: true,
  },
};
