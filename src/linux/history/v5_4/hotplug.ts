import type { Difference } from '../../base/difference.js';

/** Offline memory stays in its zone and its memmap stays as it is. */
function stay_in_zone(): void {}

/** v5.4: spans shrink at removal, by online sections (R2). What only Ubuntu 5.0 has goes. */
export const hotplug: Difference = {
  config: {
    unlink_blocks_by: 'stored_nid',
    removable_by: 'pages',
    span_search_step: 512,
    offline_drain_each_pass: false,
  },
  replaces: {
    remove_pfn_range_from_zone: stay_in_zone,
    __remove_pages: (k, start_pfn, nr_pages) => k.__remove_pages_and_zone(start_pfn, nr_pages),
  },
};
