import type { Difference } from '../../base/difference.js';

/** Against v6.10: zones are first sized without their memmap. */
export const boot: Difference = {
  config: { memmap_pages_estimated: true },
};
