import type { Difference } from '../../base/difference.js';

/** Huge pages: what differs from the next newer version here. */
export const hugetlb: Difference = {
  config: { hugetlb_boot_threads: false },
};
