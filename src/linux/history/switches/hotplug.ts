/** Version switches of memory hotplug, with their values in the newest version. */
export interface HotplugConfig {
  /** Whose node try_remove_memory() tests: its caller's (to v5.14), or the last block's. */
  readonly removed_node: 'caller' | 'last_block';
  /** How a memory block is found by its id: a scan of the device list (to v5.7), or the xarray. */
  readonly memory_block_lookup: 'klist' | 'xarray';
  /** How the links of a removed block are found: the memmap (to v5.3), or the stored node. */
  readonly unlink_blocks_by: 'memmap' | 'stored_nid';
  /** DIMMs are memory groups, and there is an online policy (from v5.15). */
  readonly memory_groups: boolean;
  /** test_pages_in_a_zone() and `removable` end where the zone ends (from v5.1). */
  readonly zone_test_spans: boolean;
  /** `valid_zones` of offline blocks is asked of the memmap first (to v4.16). */
  readonly valid_zones_by: 'state' | 'memmap';
  /** `removable` is 1 (from v5.7), or whether the pages of an online block look movable. */
  readonly removable_by: 'option' | 'pages';
  /** Struct pages of added memory name their node and are reserved (to v4.16), or nothing. */
  readonly added_pages_name_node: boolean;
  /** A node that is hot-added has a line `Initmem setup node` as those of boot (to v4.18). */
  readonly hotadd_range_printed: boolean;
  /** A memory block remembers its zone (from v5.18); before, the memmap was asked. */
  readonly memory_block_zone: boolean;
  /** The pgdat of a hot-added node exists since boot (from v5.18), or is made and unmade. */
  readonly hotadd_pgdat: 'preallocated' | 'allocated';
  /**
   * Which blocks can hold their own memmap: none; that of a range of one block, other ranges are
   * refused (v5.13 - v6.5) or get an ordinary memmap (v6.6, v6.7); each block of a range.
   */
  readonly memmap_on_memory: 'none' | 'one_block' | 'one_block_or_ordinary' | 'each_block';
  /** Blocks do not hold their own memmap when memmaps of huge pages are freed (v5.14 - v5.19). */
  readonly hvo_excludes_altmap: boolean;
  /** Where an ordinary memmap comes from: memory that is always found, or pages that are free. */
  readonly vmemmap_from: 'anywhere' | 'free_pages';
  /** Struct pages of hot-added memory are reserved until it is handed over (to v6.10). */
  readonly hotplug_reserved: boolean;
  /** A block with pages whose memory failed is refused when it is to go online (from v6.2). */
  readonly poisoned_blocks_refused: boolean;
  /** mem_hotplug_lock: taken in online_pages() (to v6.6), or around all of a block's change. */
  readonly hotplug_lock: 'pages' | 'block';
  /** What can go online or offline: whole sections (to v5.12), or all but a memmap. */
  readonly online_alignment: 'section' | 'pageblock';
  /** Nodes that get or lose memory register their huge pages by work of the node (to v6.0). */
  readonly node_work_at_notify: boolean;
  /** MEM_PREPARE_ONLINE and MEM_FINISH_OFFLINE (v6.9 - v6.18). */
  readonly prepare_online: boolean;
  /** Pageblocks are isolated until their pages are accounted (from v5.10). */
  readonly online_isolated: boolean;
  /** offline_pages(): node states are cleared before zonelists are rebuilt (from v6.8). */
  readonly clear_node_before_rebuild: boolean;
  /** offline_pages() takes from managed_pages what was managed (from v6.11), or all pages. */
  readonly offline_managed: 'managed' | 'all';
  /** offline_pages() refuses blocks with memory holes (from v5.5). */
  readonly refuse_holes: boolean;
  /**
   * How offline_pages() ends the isolation: it takes the pageblocks from the zone's count, or
   * (to v5.0) calls undo_isolate_page_range(), which finds no online page and leaves the count.
   */
  readonly offline_isolation_end: 'count' | 'undo';
  /** A refused offline undoes the isolation and then tells notifiers, or (to v5.0.5) before. */
  readonly cancel_after_undo: boolean;
  /** offline_pages() drains per-cpu lists in each pass (to v5.0). */
  readonly offline_drain_each_pass: boolean;
  /** offline_pages() drains per-cpu lists after a failed isolation test (v5.9, v5.10). */
  readonly offline_drain_after_failed_test: boolean;
  /**
   * zone_pcp_update() at each online (v5.10 - v5.13), of a zone that was populated only (to v5.8).
   * One that stays populated gets it at each offline.
   */
  readonly zone_pcp_update: 'always' | 'populated' | 'never';
  /** `Offlined Pages N` is an info line (to v5.10). */
  readonly offlined_pages_info: boolean;
  /** First online of a zone rebuilds all zonelists twice (to v4.13). */
  readonly rebuild_twice: boolean;
  /** Pages between two looks of the search for the end of a span: 32768 to v5.2. */
  readonly span_search_step: number;
  /** Smallest subblock of virtio-mem: a pageblock (from v5.19), or the largest free block. */
  readonly virtio_mem_subblock: 'pageblock' | 'largest_block';
  /**
   * virtio-mem of v5.8 - v5.10: online memory blocks are of one kind whatever their zone, ten may
   * be offline, a range is tried once, and there are no big blocks.
   */
  readonly virtio_mem_plain: boolean;
  /**
   * What virtio-mem has in ZONE_MOVABLE: memory blocks as any, or (v5.8, v5.9) whole ones only,
   * of which nothing is unplugged while they are online.
   */
  readonly virtio_mem_movable: 'any_blocks' | 'whole_blocks';
  /** virtio-mem tries again to remove memory blocks that it could not (from v6.6). */
  readonly virtio_mem_retries_removal: boolean;
}

export const hotplugNewest: HotplugConfig = {
  removed_node: 'last_block',
  memory_block_lookup: 'xarray',
  unlink_blocks_by: 'stored_nid',
  memory_groups: true,
  zone_test_spans: true,
  valid_zones_by: 'state',
  removable_by: 'option',
  added_pages_name_node: false,
  hotadd_range_printed: false,
  memory_block_zone: true,
  hotadd_pgdat: 'preallocated',
  memmap_on_memory: 'each_block',
  hvo_excludes_altmap: false,
  vmemmap_from: 'anywhere',
  hotplug_reserved: false,
  poisoned_blocks_refused: true,
  hotplug_lock: 'block',
  online_alignment: 'pageblock',
  node_work_at_notify: false,
  prepare_online: true,
  online_isolated: true,
  clear_node_before_rebuild: true,
  offline_managed: 'managed',
  refuse_holes: true,
  offline_isolation_end: 'count',
  cancel_after_undo: true,
  offline_drain_each_pass: false,
  offline_drain_after_failed_test: false,
  zone_pcp_update: 'never',
  offlined_pages_info: false,
  rebuild_twice: false,
  span_search_step: 512,
  virtio_mem_subblock: 'pageblock',
  virtio_mem_plain: false,
  virtio_mem_movable: 'any_blocks',
  virtio_mem_retries_removal: true,
};
