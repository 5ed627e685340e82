import type { Difference } from '../../base/difference.js';

/** Against v4.19. */
export const hotplug: Difference = { config: { hotadd_range_printed: true } };
