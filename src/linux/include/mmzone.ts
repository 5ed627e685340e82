/**
 * State of the modelled kernel: nodes, zones, zonelists, sections, memory blocks. Field names are
 * those of `struct pglist_data`, `struct zone`, `struct memory_block` (include/linux/mmzone.h,
 * include/linux/memory.h). Sizes are pages unless the name says bytes.
 */
import type { Counted } from '../base/not_kept.js';

export const ZONE_DMA = 0;
export const ZONE_DMA32 = 1;
export const ZONE_NORMAL = 2;
export const ZONE_MOVABLE = 3;
export const ZONE_DEVICE = 4;
export const MAX_NR_ZONES = 5;
/** Names by zone index, as /proc/zoneinfo prints them. */
export const ZONE_NAMES = ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'] as const;

export const NUMA_NO_NODE = -1;
/** struct pages of one section of x86-64: 128 MiB. */
export const PAGES_PER_SECTION = 32768;
/** 2 MiB: what pfn_section_valid() and the span scans step by. */
export const PAGES_PER_SUBSECTION = 512;
export const pageblock_nr_pages = 512;
export const pageblock_order = 9;
/** Largest order of the buddy allocator (MAX_PAGE_ORDER; MAX_ORDER - 1 up to v6.3). */
export const MAX_PAGE_ORDER = 10;
/** Pages of a block of that order: 4 MiB. */
export const MAX_ORDER_NR_PAGES = 2 ** MAX_PAGE_ORDER;

/** mhp_t: bits of the flags of add_memory_resource(). */
export const MHP_MERGE_RESOURCE = 1;
export const MHP_MEMMAP_ON_MEMORY = 2;
export const MHP_NID_IS_MGID = 4;

export type MigrateType =
  'Unmovable' | 'Movable' | 'Reclaimable' | 'HighAtomic' | 'CMA' | 'Isolate';
/** For whom pageblocks are isolated: memory that goes offline, CMA, others. */
export type IsolateMode = 'MEM_OFFLINE' | 'CMA_ALLOC' | 'OTHER';

/** An entry of a zonelist: struct zoneref. */
export interface Zoneref {
  readonly zone: Zone;
  readonly zone_idx: number;
}
export type Zonelist = Zoneref[];
export const ZONELIST_FALLBACK = 0;
export const ZONELIST_NOFALLBACK = 1;

/** struct zone. `managed_pages` is not the free count: see `nr_free_pages`. */
export interface Zone {
  readonly nid: number;
  readonly index: number;
  readonly name: (typeof ZONE_NAMES)[number];
  zone_start_pfn: number;
  spanned_pages: number;
  present_pages: number;
  present_early_pages: number;
  managed_pages: number;
  /** vm_stat[NR_FREE_PAGES]: pages on ISOLATE lists are not in it. */
  nr_free_pages: number;
  /** Pages that the buddy allocator holds on ISOLATE lists. */
  nr_isolated_pages: number;
  nr_isolate_pageblock: number;
  contiguous: boolean;
  /** _watermark[WMARK_MIN..WMARK_PROMO]. */
  readonly watermark: { min: number; low: number; high: number; promo: number };
  /** Added to each of them after an allocation that took a pageblock of another migratetype. */
  watermark_boost: number;
  /** lowmem_reserve[]: pages kept back from requests whose highest zone is the index. */
  readonly lowmem_reserve: number[];
  /** 'boot' = boot_pageset (shared, keeps nothing); 'real' = allocated by setup_zone_pageset. */
  pageset: 'boot' | 'real';
  /** high and batch that every CPU's list of this zone has now; high_min/high_max from v6.7. */
  readonly pcp: PcpLimits;
  /**
   * The largest high_max that its lists had. A list's own high comes down to a smaller one only
   * when it is used.
   */
  pcp_high_most: number;
  /** CPUs with PCPF_FREE_HIGH_BATCH: set as a CPU comes up, so never on lists made later. */
  readonly free_high_batch: Set<number>;
  /** What zone_pcp_enable() restores. */
  pageset_high_min: number;
  pageset_high_max: number;
  pageset_batch: number;
  /** What setup_zone_pageset() and zone_pcp_reset() did that Z6 forbids. */
  pageset_leaked: number;
}

/** struct pglist_data; one for every possible node. */
export interface Pgdat {
  readonly nid: number;
  readonly node_zones: readonly Zone[];
  node_start_pfn: number;
  node_spanned_pages: number;
  node_present_pages: number;
  nr_zones: number;
  readonly node_zonelists: [Zonelist, Zonelist];
  /** Nodes in the order the last build_zonelists() of this node used (Z4, Z5). */
  node_order: readonly number[];
  kswapd: boolean;
  kcompactd: boolean;
  /** Pages that its zones keep back, or have below their high watermarks. */
  totalreserve_pages: number;
  /** The pgdat was set up: at boot, or by hotadd_init_pgdat(). */
  initialised: boolean;
  /** It has counters for each CPU of its own, not those of the boot. */
  per_cpu_nodestats?: true;
}

export type NodeState =
  'possible' | 'online' | 'normal_memory' | 'memory' | 'cpu';

/** struct memory_block of drivers/base/memory.c. */
export interface MemoryBlock {
  /** phys_index: start section number divided by sections per block. */
  readonly id: number;
  readonly start_pfn: number;
  readonly nr_pages: number;
  state: 'online' | 'offline' | 'going-online' | 'going-offline';
  /** How it is to go online: what was asked for last and not done; `offline`: nothing was. */
  online_type: OnlineType;
  /** Stored node; NUMA_NO_NODE when unknown. */
  nid: number;
  /** Stored zone (from v5.18); undefined when several or none. */
  zone: Zone | undefined;
  /** Nodes that this block has sysfs links with. */
  readonly links: Set<number>;
  nr_vmemmap_pages: number;
  group: MemoryGroup | undefined;
  /** Present at boot, not hot-added. */
  readonly early: boolean;
  /** Of its device, those of find_memory_block() that were not given back. */
  references: number;
}

/** struct memory_group (from v5.15). */
export interface MemoryGroup {
  readonly mgid: number;
  readonly nid: number;
  present_kernel_pages: number;
  present_movable_pages: number;
  /** How many blocks are on its list. */
  memory_blocks: number;
  /** Pages of the whole device; of a static group only. */
  readonly max_pages: number;
  readonly is_dynamic: boolean;
  /** Pages that come and go together; of a dynamic group only, else 0. */
  readonly unit_pages: number;
}

/** What a memory block can be onlined as; `offline` when nothing was asked for. */
export type OnlineType = 'offline' | 'online' | 'online_kernel' | 'online_movable';

/** Parameters of memory hotplug: command line first, then what was written to sysfs. */
export interface MhpParameters {
  /** memhp_default_state=, auto_online_blocks. */
  default_online_type: OnlineType;
  /** memory_hotplug.online_policy. */
  online_policy: 'contig-zones' | 'auto-movable';
  /** memory_hotplug.auto_movable_ratio, percent. */
  auto_movable_ratio: number;
  auto_movable_numa_aware: boolean;
  /** memory_hotplug.memmap_on_memory; `force` from v6.6. */
  readonly memmap_on_memory: 'N' | 'Y' | 'force';
  /** movable_node. */
  readonly movable_node: boolean;
}

/** A DIMM that the ACPI driver was told of: struct acpi_memory_device with one range. */
export interface AcpiMemoryDevice {
  readonly start_pfn: number;
  readonly nr_pages: number;
  /** Its memory group; -1 before v5.15. */
  readonly mgid: number;
  readonly nid: number;
}

/** A withheld range: PageOffline pages that the buddy allocator never got, or was taken from. */
export interface WithheldRange {
  start_pfn: number;
  nr_pages: number;
}

/** Memory at the start of a block that its memmap is made of: struct vmem_altmap. */
export interface VmemAltmap {
  readonly base_pfn: number;
  /** Pages. */
  readonly free: number;
}

/** Pages of a zone that hold memmap. */
export interface MemmapPages {
  readonly zone: Zone;
  readonly pages: number;
}

export interface NotifierArg {
  /** The memmap that the block holds itself; with MEM_PREPARE_ONLINE and MEM_FINISH_OFFLINE. */
  readonly altmap_start_pfn?: number;
  readonly altmap_nr_pages?: number;
  readonly start_pfn: number;
  readonly nr_pages: number;
  readonly status_change_nid: number;
  readonly status_change_nid_normal: number;
}
export type MemAction =
  | 'MEM_PREPARE_ONLINE' | 'MEM_GOING_ONLINE' | 'MEM_ONLINE' | 'MEM_CANCEL_ONLINE'
  | 'MEM_GOING_OFFLINE' | 'MEM_OFFLINE' | 'MEM_CANCEL_OFFLINE' | 'MEM_FINISH_OFFLINE';

/** struct notifier_block of the memory chain; a result below 0 vetoes (negative errno). */
export interface MemoryNotifier {
  readonly name: string;
  readonly priority: number;
  notifier_call(action: MemAction, arg: NotifierArg): number;
}

/** Called for each chunk that online_pages_range() hands out. */
export type OnlinePageCallback = (pfn: number, order: number) => void;

/** A line of the kernel log. Text as the kernel prints it, without time stamp. */
export interface LogLine extends Counted {
  readonly level: 'info' | 'warn' | 'err' | 'debug';
  readonly text: string;
}

/** The range is isolated when `fin_pfn` is its end. */
export interface IsolationTest {
  readonly start_pfn: number;
  readonly end_pfn: number;
  readonly fin_pfn: number;
}

/** high and batch of a per-cpu list; high_min and high_max from v6.7. */
export interface PcpLimits {
  high: number;
  batch: number;
  high_min: number;
  high_max: number;
}

/** A call of out_of_memory(). */
export interface OomEvent {
  readonly nid: number;
  /** GFP words as the caller gave them. */
  readonly gfp: string;
  readonly order: number;
  readonly highest_zoneidx: number;
  /** How often in a row. */
  count: number;
}

/** Locks that tasks sleep on, beside those of hotplug. */
export type LockName = 'pcp_batch_high_lock' | 'pcpu_drain_mutex';

export interface SleepingLock {
  held: boolean;
  /** Tasks that hold it to read. */
  readers: number;
}
