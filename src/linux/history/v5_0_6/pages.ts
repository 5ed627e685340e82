import type { Difference } from '../../base/difference.js';

/** Against v5.1. */
export const pages: Difference = { config: { contig_drains: 'before_test' } };
