import type { Difference } from '../../base/difference.js';

/** Huge pages: what differs from the next newer version here. */
export const hugetlb: Difference = {
  config: { hugetlb_dissolves_surplus: false, hugetlb_node_count: 'all' },
};
