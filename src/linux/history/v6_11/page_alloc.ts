import type { Difference } from '../../base/difference.js';

/** Against v6.11.11: nothing is kept back from a zone without managed pages. */
export const page_alloc: Difference = {
  config: { empty_zone_keeps_nothing_back: true },
};
