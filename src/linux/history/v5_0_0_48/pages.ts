import type { Difference } from '../../base/difference.js';

/** Against v5.3.0-46. */
export const pages: Difference = { config: { contig_drains: 'before_test' } };
