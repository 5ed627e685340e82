import type { Difference } from '../../base/difference.js';

/** Against v5.1: each pass of an offline drains the per-cpu lists. */
export const hotplug: Difference = { config: { offline_drain_each_pass: true } };
