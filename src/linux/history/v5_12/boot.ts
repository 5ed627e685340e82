import type { Difference } from '../../base/difference.js';

/** Against v5.13: less low memory is reserved, holes are initialised zone by zone. */
export const boot: Difference = {
  config: { reserved_low: 2 ** 16 },
  replaces: { memmap_init: (k) => k.memmap_init_zones_and_holes() },
};
