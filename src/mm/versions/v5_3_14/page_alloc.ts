import type { Difference } from '../../difference.js';

/** Against v5.4: nothing. */
export const page_alloc: Difference = {};
