/** What functions of the page allocator tell each other: mm/page_alloc.c, mm/internal.h. */

/** fpi_t: the block goes where it is likely to be handed out again, or to merge. */
export const FPI_NONE = 0;
/** The block goes to the tail of its list. */
export const FPI_TO_TAIL = 2;
export type FpiFlags = typeof FPI_NONE | typeof FPI_TO_TAIL;

/** Blocks of up to so many pages (as an order) are worth some effort. */
export const PAGE_ALLOC_COSTLY_ORDER = 3;
/** CONFIG_PCP_BATCH_SCALE_MAX: its default. */
export const PCP_BATCH_SCALE_MAX = 5;

/** Instead of a block's slot: there is none. */
export const NO_BLOCK = -1;

/** find_suitable_fallback() instead of a migratetype: no list of this order has a block. */
export const FALLBACK_EMPTY = -1;
/** There may be one, and it is too small to claim its pageblock for. */
export const FALLBACK_NOCLAIM = -2;

/**
 * enum rmqueue_mode: where __rmqueue() found the last block. rmqueue_bulk() begins the search of
 * the next one there.
 */
export interface RmqueueMode {
  mode: 'normal' | 'claim' | 'steal';
}
