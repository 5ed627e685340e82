import type { Difference } from '../../base/difference.js';
import { memmap_init } from '../../mm/mm_init/memmap.js';

/** Against v5.12: a page is online when its section is; holes as v5.14 has them (backported). */
export const boot: Difference = {
  config: { online_by_subsection: false },
  replaces: { memmap_init },
};
