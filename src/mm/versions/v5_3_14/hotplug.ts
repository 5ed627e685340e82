import type { Difference } from '../../difference.js';

/** Offline memory stays in its zone and its memmap stays as it is. */
function stay_in_zone(): void {}

/** v5.3.14: spans shrink at removal, by online sections (R2); links by the memmap. */
export const hotplug: Difference = {
  config: { unlink_blocks_by: 'memmap', offline_drain_after_failed_test: false },
  replaces: {
    remove_pfn_range_from_zone: stay_in_zone,
    __remove_pages: (k, start_pfn, nr_pages) => k.__remove_pages_and_zone(start_pfn, nr_pages),
  },
};
