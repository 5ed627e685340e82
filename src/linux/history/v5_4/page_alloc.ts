import type { Difference } from '../../base/difference.js';

/** Against v5.0.0-48: nothing. */
export const page_alloc: Difference = {};
