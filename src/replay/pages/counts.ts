/** What a page-level replay has counted; its corrections are in corrections.ts. */

import type { Causes } from '../../observe/facts/causes.js';

/** A block that went from a per-cpu list to the buddy allocator. */
export interface Drain {
  /** The row that was being replayed. */
  readonly row: number;
  readonly pfn: number;
  readonly order: number;
  /** A code of migratetype.ts. */
  readonly migratetype: number;
  readonly cpu: number;
  /** Corrections that what was on the list depended on. */
  readonly causes: Causes;
}

/** How many events there were of each kind. */
export interface PageCounts {
  events: number;
  allocs: number;
  frees: number;
  /** The page was on the list that the request takes from. */
  allocsFromList: number;
  recordedDrains: number;
  modelDrains: number;
  recordedRefills: number;
  modelRefills: number;
}

/** All at zero. */
export function noCounts(): PageCounts {
  return {
    events: 0, allocs: 0, frees: 0, allocsFromList: 0,
    recordedDrains: 0, modelDrains: 0, recordedRefills: 0, modelRefills: 0,
  };
}
