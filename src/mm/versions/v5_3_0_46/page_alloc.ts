import type { Difference } from '../../difference.js';

/** Against v5.4.30: nothing. */
export const page_alloc: Difference = {};
