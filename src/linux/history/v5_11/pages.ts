import type { Difference } from '../../base/difference.js';

/** Against v5.12. */
export const pages: Difference = {
  config: { hwpoison_pcp_disable: false },
};
