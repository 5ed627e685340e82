import type { Difference } from '../../base/difference.js';

/**
 * v5.4.71: a zone initialises all pages of its span; what no zone spans is zeroed, up to the end
 * of the section that memory ends in.
 */
export const boot: Difference = {
  config: { kpage_limit: 'max_pfn' },
  replaces: {
    init_unavailable_mem: (k) => k.zero_resv_unavail(k.last_section_end()),
    memmap_init_zone: (k, zone) => k.memmap_init_zone_span(zone),
  },
};
