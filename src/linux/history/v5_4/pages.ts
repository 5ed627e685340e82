import type { Difference } from '../../base/difference.js';

/** Against v5.0.0-48. */
export const pages: Difference = { config: { contig_drains: 'never' } };
