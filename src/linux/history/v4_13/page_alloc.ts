import type { Difference } from '../../base/difference.js';

/** Against v4.15. */
export const page_alloc: Difference = {
  config: { zonelists_stop_machine: true, built_line_names_order: true },
};
