import type { Difference } from '../../base/difference.js';

/** Against v5.11: isolating a pageblock drains. */
export const pages: Difference = {
  config: { isolate_drains: true, contig_drains: 'never' },
};
