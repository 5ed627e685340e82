import type { Difference } from '../../base/difference.js';

/** v5.1 and v5.2: spans are searched by whole sections. */
export const hotplug: Difference = { config: { span_search_step: 32768 } };
