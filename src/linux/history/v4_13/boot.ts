import type { Difference } from '../../base/difference.js';

/** Against v4.15: memmaps are allocated zeroed. */
export const boot: Difference = { config: { memmap_garbage: 'zero' } };
