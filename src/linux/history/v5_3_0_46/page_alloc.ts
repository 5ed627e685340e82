import type { Difference } from '../../base/difference.js';

/** Against v5.4.30: nothing. */
export const page_alloc: Difference = {};
