import type { Difference } from '../../base/difference.js';

/** Against v5.3.0-46: validity by section. */
export const boot: Difference = { config: { subsection_map: false } };
