import type { Difference } from '../../base/difference.js';

/** Against v5.19. */
export const page_alloc: Difference = {
  config: { node_load_step: 'add_load', kswapd_wake_skips_unmanaged: false },
};
