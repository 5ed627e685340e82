import type { Difference } from '../../difference.js';

/** Against v5.1. */
export const pages: Difference = { config: { contig_drains: 'before_test' } };
