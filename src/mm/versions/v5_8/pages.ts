import type { Difference } from '../../difference.js';

/** v5.8: isolation answers with a count. */
export const pages: Difference = { config: { isolate_counts: true } };
