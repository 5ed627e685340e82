import type { Difference } from '../../base/difference.js';

/** v4.13: a first online rebuilds zonelists twice. */
export const hotplug: Difference = { config: { rebuild_twice: true } };
