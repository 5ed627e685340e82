import type { Difference } from '../../base/difference.js';

/** Against v5.19: pageblocks are isolated in their order. */
export const pages: Difference = {
  config: { isolate_ends_first: false },
};
