import type { Difference } from '../../base/difference.js';

/** Against v6.10: what is kept back from a zone does not depend on it. */
export const page_alloc: Difference = {
  config: { empty_zone_keeps_nothing_back: false },
};
