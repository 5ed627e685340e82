import type { Difference } from '../../base/difference.js';

/** Against v5.3.0-46: nothing. */
export const page_alloc: Difference = {};
