import type { Difference } from '../../base/difference.js';

/** Against v5.1: nothing. */
export const page_alloc: Difference = {};
