import type { Difference } from '../../base/difference.js';
import { init_unavailable_mem } from '../../mm/mm_init/memmap.js';

/** Against v5.9: what v5.10.20 and v5.10.24 brought, which Ubuntu's 5.8 has too. */
export const boot: Difference = {
  config: { compaction_clamped: true },
  replaces: { init_unavailable_mem, memmap_init: (k) => k.memmap_init_zones_and_holes() },
};
