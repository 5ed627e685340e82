import type { Difference } from '../../difference.js';

/** Against v5.14: less low memory is reserved, a page is online when its section is. */
export const boot: Difference = {
  config: { reserved_low: 2 ** 16, online_by_subsection: false },
};
