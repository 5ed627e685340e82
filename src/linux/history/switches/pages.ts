/** Version switches of page lists: isolation, drains, the free path. */
export interface PagesConfig {
  /** Pageblocks are isolated first, last, then the middle (from v5.19), or in order. */
  readonly isolate_ends_first: boolean;
  /** start_isolate_page_range() answers with the number of pageblocks (v5.1 - v5.9), or 0. */
  readonly isolate_counts: boolean;
  /** has_unmovable_pages() takes what is in ZONE_MOVABLE on trust; v4.17 to v4.19 look at it. */
  readonly movable_zone_trusted: boolean;
  /** Isolating a pageblock drains the per-cpu lists of its zone (to v5.10). */
  readonly isolate_drains: boolean;
  /** A drain takes the lock of each CPU's lists (from v6.0), or queues work on each CPU. */
  readonly drain_remotely: boolean;
  /**
   * The migratetype that a free has read stays with the page, and is believed when the page
   * leaves the per-cpu list of a zone without isolated pageblocks (to v6.9).
   */
  readonly migratetype_cached: boolean;
  /** Orders that per-cpu lists hold: 0; 0 to 3 and huge pages (from v5.14). */
  readonly pcp_orders: 'order0' | 'costly_and_thp';
  /**
   * How many pages a full per-cpu list gives back: a batch (to v5.13), doubling with each time
   * (to v6.6), as many as were freed lately (from v6.7).
   */
  readonly pcp_free: 'batch' | 'free_factor' | 'free_count';
  /**
   * Which blocks free_pcppages_bulk() gives back: list by list, or (to v5.17) round the lists, one
   * more from a list for every empty one before it.
   */
  readonly pcp_bulk: 'list_by_list' | 'round_robin';
  /** A count above what the lists hold is cut down (88e8ac11d2ea: v5.9, and the stable ones). */
  readonly pcp_bulk_bounded: boolean;
  /** That doubling ends at 32 batches (52166607ecc9: v6.7, and the stable 6.1 and 6.6). */
  readonly pcp_doubling_ends: boolean;
  /** Freeing a block of order 1 to 3 soon after others empties the list (from v5.18). */
  readonly pcp_free_high: boolean;
  /** A free that must not wait skips the flush of its list (from v6.15). */
  readonly free_nolock: boolean;
  /** Getting hold of a page with bad memory switches the lists of its zone off (from v5.12). */
  readonly hwpoison_pcp_disable: boolean;
  /**
   * alloc_contig_range() drains the lists after isolation (from v5.11), before its test (to v5.0),
   * or leaves that to isolation.
   */
  readonly contig_drains: 'after_isolation' | 'before_test' | 'never';
  /** Blocks of other migratetypes: claimed or stolen from (from v6.12.y), or by one rule. */
  readonly fallback: 'claim_or_steal' | 'can_steal';
}

export const pagesNewest: PagesConfig = {
  isolate_ends_first: true,
  isolate_counts: false,
  movable_zone_trusted: true,
  isolate_drains: false,
  drain_remotely: true,
  migratetype_cached: false,
  pcp_orders: 'costly_and_thp',
  pcp_free: 'free_count',
  pcp_bulk: 'list_by_list',
  pcp_bulk_bounded: true,
  pcp_free_high: true,
  pcp_doubling_ends: true,
  free_nolock: false,
  hwpoison_pcp_disable: true,
  contig_drains: 'after_isolation',
  fallback: 'claim_or_steal',
};
