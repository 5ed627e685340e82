import type { Difference } from '../../base/difference.js';

/** Against v4.19. */
export const page_alloc: Difference = { config: { pcp_batch_bound: 128 } };
