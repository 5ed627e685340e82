import type { Difference } from '../../base/difference.js';

/** Against v5.0.6: nothing. */
export const page_alloc: Difference = {};
