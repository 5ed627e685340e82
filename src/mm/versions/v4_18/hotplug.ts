import type { Difference } from '../../difference.js';

/** Against v4.19. */
export const hotplug: Difference = { config: { hotadd_range_printed: true } };
