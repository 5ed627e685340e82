/** Version switches of zonelists, watermarks, per-cpu list sizes and the allocation walk. */
export interface PageAllocConfig {
  /**
   * Whose lists a rebuild writes: all possible nodes (from v5.18), or the online ones.
   */
  readonly zonelists_of: 'possible' | 'online';
  /** A node without memory is not in its own fallback order (from v6.8, c2baef394af8). */
  readonly memoryless_local_node_skipped: boolean;
  /**
   * What build_zonelists() does to node_load[] of the first node of a distance group: adds 1
   * (from v5.19), adds `load` (v5.17), sets it to `load` (up to v5.15). `load` starts at the
   * number of online nodes and falls by 1 for each node listed.
   */
  readonly node_load_step: 'add_one' | 'add_load' | 'set_load';
  /** The value of a node is multiplied by the number of online nodes too (up to v5.17). */
  readonly node_load_scaled: boolean;
  /** The lines `Fallback order for Node` are printed (from v5.16). */
  readonly fallback_order_printed: boolean;
  /** A rebuild stops all other CPUs (up to v4.13). */
  readonly zonelists_stop_machine: boolean;
  /** wake_all_kswapds() passes over zones without managed pages (from v5.19, bc53008eea55). */
  readonly kswapd_wake_skips_unmanaged: boolean;
  /** min of ZONE_MOVABLE is small and its pages are no lowmem (from v6.6). */
  readonly movable_min_capped: boolean;
  /** Largest min_free_kbytes that is computed: 262144 from v5.8, 65536 before. */
  readonly min_free_kbytes_max: number;
  /** A zone without managed pages keeps nothing back (from v5.8). */
  readonly empty_zone_reserves_nothing: boolean;
  /**
   * What a zone keeps back from requests that could use a zone far above it counts all zones
   * between, or (v5.8 - v5.10) those only that keep something back themselves.
   */
  readonly reserve_counts: 'all' | 'keeping';
  /** Nothing is kept back from a zone without managed pages (v6.10, v6.11; 96a5c186efff). */
  readonly empty_zone_keeps_nothing_back: boolean;
  /** setup_per_zone_wmarks() recomputes the per-cpu list sizes too (from v5.14). */
  readonly wmarks_update_pcp: boolean;
  /**
   * Where high of the per-cpu lists comes from: six batches (up to v5.13), the low watermark
   * (from v5.14), or floating between two limits (from v6.7).
   */
  readonly pcp_high: 'batches' | 'low_wmark' | 'min_max';
  /**
   * Sizes that the zone remembers are not written again (from v5.11), so that a pageset that was
   * just allocated can stay as small as the one of boot.
   */
  readonly pcp_sizes_remembered: boolean;
  /** Pages that bound four batches: 256 (1 MiB), or 128 (up to v4.18). */
  readonly pcp_batch_bound: number;
  /** min_free_kbytes is raised again for huge pages after a hotplug (from v5.10). */
  readonly khugepaged_updated_at_hotplug: boolean;
  /** min_free_kbytes is computed again when huge pages are off (from v5.16, bd3400ea173f). */
  readonly min_free_recomputed_without_thp: boolean;
  /** ZONE_MOVABLE counts when min_free_kbytes is raised for huge pages (up to v4.17). */
  readonly thp_counts_movable: boolean;
  /** `Built N zonelists in Node order, ...` (up to v4.13). */
  readonly built_line_names_order: boolean;
}

export const pageAllocNewest: PageAllocConfig = {
  zonelists_of: 'possible',
  memoryless_local_node_skipped: true,
  node_load_step: 'add_one',
  node_load_scaled: false,
  fallback_order_printed: true,
  zonelists_stop_machine: false,
  kswapd_wake_skips_unmanaged: true,
  movable_min_capped: true,
  min_free_kbytes_max: 262144,
  empty_zone_reserves_nothing: true,
  reserve_counts: 'all',
  empty_zone_keeps_nothing_back: false,
  wmarks_update_pcp: true,
  pcp_high: 'min_max',
  pcp_sizes_remembered: true,
  pcp_batch_bound: 256,
  khugepaged_updated_at_hotplug: true,
  min_free_recomputed_without_thp: true,
  thp_counts_movable: false,
  built_line_names_order: false,
};
