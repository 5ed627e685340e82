import type { Difference } from '../../base/difference.js';

/** v4.18 and v4.17: what cares for holes knows those only that somebody has reserved. */
export const boot: Difference = {
  replaces: { init_unavailable_mem: () => {} },
};
