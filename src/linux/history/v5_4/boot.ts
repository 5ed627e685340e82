import type { Difference } from '../../base/difference.js';

/** Against v5.0.0-48: nothing is initialised behind the end of memory; subsections are back. */
export const boot: Difference = {
  config: { subsection_map: true },
  replaces: { init_unavailable_mem: (k) => k.zero_resv_unavail() },
};
