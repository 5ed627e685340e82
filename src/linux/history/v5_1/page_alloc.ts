import type { Difference } from '../../base/difference.js';

/** Against v5.3: nothing. */
export const page_alloc: Difference = {};
