import type { Difference } from '../../difference.js';

/** Against v5.3: memmaps are allocated zeroed, nothing cares for holes that no zone spans. */
export const boot: Difference = {
  config: { memmap_garbage: 'zero', subsection_map: false },
  replaces: { init_unavailable_mem: () => {} },
};
