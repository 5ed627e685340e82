import type { Difference } from '../../base/difference.js';

/** Against v5.3.0-46: spans are searched by whole sections, each pass of an offline drains. */
export const hotplug: Difference = {
  config: { span_search_step: 32768, offline_drain_each_pass: true, removable_by: 'option' },
};
