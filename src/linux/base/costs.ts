/** What a policy costs. */

/** Counted, compared, never interpreted. */
export interface Costs {
  zonelist_rebuilds: number;
  zonerefs_written: number;
  stop_machine: number;
  block_lookups: number;
  block_list_visits: number;
  /** Asked once more whether they are there, when the blocks of the boot are registered. */
  sections_tested_again: number;
  node_tests: number;
  struct_pages_read: number;
  garbage_pages_read: number;
  pages_initialised: number;
  /** Of these, with deferred initialisation, those that the boot CPU did alone. */
  pages_initialised_early: number;
  pages_reinitialised: number;
  drains: number;
  drain_work_items: number;
  /** test_pages_isolated() stopped at a page: one more pass. */
  failed_tests: number;
  /** Went on to the buddy allocator at once because the lists were off. */
  pages_past_pcp: number;
  /** Taken from memory in use for the memmap of memory that was added. */
  memmap_pages: number;
  /** Set aside for a memmap in its own block that does not need them: lost to alignment. */
  memmap_pages_unused: number;
  /** From the begin of calls that take memory offline to their end, or to the last moment. */
  ms_going_offline: number;
}

/** All costs at zero. */
export function noCosts(): Costs {
  return {
    zonelist_rebuilds: 0, zonerefs_written: 0, stop_machine: 0, block_lookups: 0,
    block_list_visits: 0, node_tests: 0, sections_tested_again: 0,
    struct_pages_read: 0, garbage_pages_read: 0,
    pages_initialised: 0, pages_initialised_early: 0, pages_reinitialised: 0,
    drains: 0, drain_work_items: 0, failed_tests: 0, pages_past_pcp: 0, memmap_pages: 0,
    memmap_pages_unused: 0,
    ms_going_offline: 0,
  };
}
