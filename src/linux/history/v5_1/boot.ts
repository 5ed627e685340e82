import type { Difference } from '../../base/difference.js';

/** Against v5.3. */
export const boot: Difference = { config: { subsection_map: false } };
