/**
 * Why a replay set its model right by the recording, or took a value from it. A fact that depends
 * on such a value agrees after a correction: that it agrees says less.
 */
export const correctionCauses = {
  first_snapshot: 'pages on per-cpu lists when the recording began, counted in its first snapshot',
  list_of_boot: 'a list of a zone that had pages before the recording follows the trace',
  page_from_before: 'a page was free or allocated before the recording began',
  free_not_allocated: 'a page was freed that the model had free: its allocation has no event',
  alloc_not_free: 'a page was allocated that the model had not free',
  alloc_from_elsewhere: 'a page was allocated that the model had on another list, or on none',
  alloc_isolated: 'a page was allocated that is free and isolated in the model: passed over',
  unseen_allocation: 'a page had left its list by no event, as alloc_pages_bulk() takes it',
  unseen_by_count: 'so many pages had left a list by no event as a snapshot has fewer there',
  unseen_before_drain: 'a page had left its list before an offline drained that',
  free_unseen: 'a page was drained that the model had allocated: its free has no event',
  drain_unexplained: 'pages were drained by no call of the trace (vmstat, reclaim)',
  drain_missed: 'a page was drained that the model keeps on its list',
  high_sunk: 'high of a per-cpu list had sunk (vmstat), known by when the list overflowed',
  zone_below_high: 'a zone was below its high watermark: CPUs kept back a part of its free pages',
  freed_more: 'more pages had been freed in a row, known by a list that gave all back',
  high_raised: 'high of a per-cpu list was higher (vmstat), known by what vmstat left on it',
  list_passed: 'a page was freed past its list, which was locked, known by where it came from next',
  refill_elsewhere: 'a list was refilled with another block than in the model',
  refill_uncounted: 'a refill was not counted yet when a drain looked, known by what that left',
  pageblock_claimed: 'a pageblock was claimed for a migratetype, and not so in the model',
  used_unseen: 'pages that were onlined were in use though nothing told of it',
  pool_page: 'a huge page came to the pool, or left it, by the rows of its pages',
  pool_in_use: 'huge pages in use or reserved, counted in a snapshot',
  pool_place: 'huge pages in places that had held none, known by the managed pages of a snapshot',
  events_lost: 'events were lost: what is known of pages began anew',
  busy_range: 'a range that could not be allocated, known by the call that failed',
  unmovable_page: 'a page of the kernel\'s own in a block, known by the line that dumped it',
  signal: 'a signal, known by the call that it ended',
  online_word: 'what was written to online a block, known by the zone that came of it',
  before_recording: 'memory that was added before the recording began, known by its snapshot',
  parameter_before: 'a parameter written before the recording began, known by its snapshot',
} as const;

export type CorrectionCause = keyof typeof correctionCauses;

const names = Object.keys(correctionCauses) as CorrectionCause[];

/** Causes as bits, for many of them at once: a number has 32, and all of them are taken. */
export type Causes = number;

const indices: ReadonlyMap<CorrectionCause, number> =
  new Map(names.map((name, index) => [name, index]));

/** Place of the cause in the list. */
export function causeIndex(cause: CorrectionCause): number {
  return indices.get(cause) as number;
}

export function causeBit(cause: CorrectionCause): Causes {
  return 1 << causeIndex(cause);
}

/** Counts by place in the list, of the causes that were counted, in its order. */
export function countsByCause(counts: readonly number[]): ReadonlyMap<CorrectionCause, number> {
  return new Map(names.flatMap((name, index) => {
    const count = counts[index];
    return count === undefined ? [] : [[name, count] as const];
  }));
}

/** In the order of the list. */
export function causesIn(causes: Causes): readonly CorrectionCause[] {
  return causes === 0 ? [] : names.filter((name) => (causes & causeBit(name)) !== 0);
}
