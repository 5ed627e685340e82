/** What a page-level replay has counted: how far model and machine agree. */

/** A block that went from a per-cpu list to the buddy allocator. */
export interface Drain {
  /** The row that was being replayed. */
  readonly row: number;
  readonly pfn: number;
  readonly order: number;
  /** A code of migratetype.ts. */
  readonly migratetype: number;
  readonly cpu: number;
}

/** How many events there were of each kind, and how often the model had a page elsewhere. */
export interface PageCounts {
  events: number;
  allocs: number;
  frees: number;
  /** Frees of pages that were allocated before the recording began. */
  freesFromBefore: number;
  /** Allocations of pages that were free before the recording began. */
  allocsFromBefore: number;
  /** The page was on the list that the request takes from. */
  allocsFromList: number;
  /** It was on another CPU's list, or in the buddy allocator while the list had pages. */
  allocsFromElsewhere: number;
  /** It was not free: an event is missing, or model and machine differ. */
  allocsNotFree: number;
  /** It is free and isolated in the model; the event is passed over. */
  allocsImpossible: number;
  freesNotAllocated: number;
  /** Pages that were gone from a list when the kernel refilled it: allocated in bulk. */
  allocsUnseen: number;
  recordedDrains: number;
  modelDrains: number;
  recordedRefills: number;
  /** Blocks of a refill that the model took elsewhere. */
  refillsElsewhere: number;
  modelRefills: number;
  /** Drains that no free and no hotplug call explains, as by vmstat: taken from the trace. */
  takenDrains: number;
}

/** All at zero. */
export function noCounts(): PageCounts {
  return {
    events: 0, allocs: 0, frees: 0, freesFromBefore: 0, allocsFromBefore: 0, allocsFromList: 0,
    allocsFromElsewhere: 0, allocsNotFree: 0,
    allocsImpossible: 0, freesNotAllocated: 0, allocsUnseen: 0,
    recordedDrains: 0, modelDrains: 0, takenDrains: 0,
    recordedRefills: 0, modelRefills: 0, refillsElsewhere: 0,
  };
}
