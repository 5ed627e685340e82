import type { Difference } from '../../difference.js';

/**
 * v5.4 and v5.3: a zone initialises all pages of its span; what no zone spans is zeroed, up to the
 * end of memory, and not behind it.
 */
export const boot: Difference = {
  config: { kpage_limit: 'max_pfn' },
  replaces: {
    init_unavailable_mem: (k) => k.zero_resv_unavail(),
    memmap_init_zone: (k, zone) => k.memmap_init_zone_span(zone),
  },
};
