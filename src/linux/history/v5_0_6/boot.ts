import type { Difference } from '../../base/difference.js';

/** What differs from the next newer version here: nothing. */
export const boot: Difference = {};
