import type { Difference } from '../../base/difference.js';

/** Huge pages: what differs from the next newer version here. */
export const hugetlb: Difference = {
  config: { hugetlb_added_in_bulk: false },
};
