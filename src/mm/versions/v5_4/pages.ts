import type { Difference } from '../../difference.js';

/** Against v5.0.0-48. */
export const pages: Difference = { config: { contig_drains: 'never' } };
