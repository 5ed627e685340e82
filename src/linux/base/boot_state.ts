/** What early boot knows and later code still asks for: firmware map, memblock, zone limits. */
import type { E820Range } from './machine.js';

/** A region of memblock.memory. */
export interface MemblockRegion {
  /** Bytes. */
  start: number;
  /** Bytes, one past the last. */
  end: number;
  /** NUMA_NO_NODE until the nodes are known. */
  nid: number;
  /** MEMBLOCK_HOTPLUG: firmware says it can be unplugged. */
  hotplug: boolean;
}

/** A region of memblock.reserved, bytes. */
export interface ReservedRegion {
  readonly start: number;
  readonly end: number;
}

/** A range of numa_meminfo: what firmware gives to a node. */
export interface NumaBlock {
  /** Bytes. */
  start: number;
  /** Bytes, one past the last. */
  end: number;
  readonly nid: number;
}

/** Whole pages of a memblock.memory region: what for_each_mem_pfn_range() gives. */
export interface MemPfnRange {
  readonly start_pfn: number;
  readonly end_pfn: number;
  readonly nid: number;
}

export interface BootState {
  /** e820_table, as the command line and the kernel changed it. */
  e820: readonly E820Range[];
  /** memblock.memory: sorted, disjoint. */
  memory: MemblockRegion[];
  /** memblock.reserved as far as it is known: sorted, disjoint. */
  reserved: readonly ReservedRegion[];
  /** Bytes: what `mem=` says last, else Infinity. */
  max_mem_size: number;
  /** End of RAM, pages. */
  max_pfn: number;
  numa_meminfo: NumaBlock[];
  /** Ranges that firmware gives to nodes where there is no RAM yet. */
  readonly numa_reserved_meminfo: NumaBlock[];
  readonly numa_nodes_parsed: Set<number>;
  /** __apicid_to_node[]: nid of each CPU, by CPU number; NUMA_NO_NODE where no table tells. */
  apicid_to_node: readonly number[];
  /** By faked nid (numa=fake=): the node of the firmware that it is cut from; else empty. */
  readonly emu_nid_to_phys: Map<number, number>;
  /** By node of the firmware the node that it is found as: where nodes are faked (numa=fake=). */
  readonly pxm_to_node: Map<number, number>;
  /** The table of distances, where it was searched for upwards; undefined: far from all zones. */
  numa_distance: ReservedRegion | undefined;
  /** numa_distance[from][to] of faked nodes. */
  faked_distance: readonly (readonly number[])[];
  /** By zone index, pages. */
  readonly arch_zone_lowest_possible_pfn: number[];
  readonly arch_zone_highest_possible_pfn: number[];
  /** The zone that ZONE_MOVABLE takes its pages from. */
  movable_zone: number;
  /** By nid: where ZONE_MOVABLE starts; absent: nowhere. */
  readonly zone_movable_pfn: Map<number, number>;
  /** By nid: struct pages from here on are initialised late; absent: none. */
  readonly first_deferred_pfn: Map<number, number>;
  /** defer_init(): pages of the zone that ends at `end_pfn` initialised so far. */
  deferring: { end_pfn: number; nr_initialised: number };
  /** Pages of ZONE_DMA that were reserved when the zones were sized (to v6.3). */
  dma_reserve: number;
  /** Bytes, when somebody has asked. */
  memory_block_size?: number;
}

/** Nothing is known yet. */
export function emptyBoot(): BootState {
  return {
    e820: [], memory: [], reserved: [], max_mem_size: Infinity,
    max_pfn: 0, numa_meminfo: [], numa_reserved_meminfo: [],
    numa_nodes_parsed: new Set(), apicid_to_node: [], emu_nid_to_phys: new Map(),
    pxm_to_node: new Map(), numa_distance: undefined, faked_distance: [],
    arch_zone_lowest_possible_pfn: [], arch_zone_highest_possible_pfn: [], movable_zone: 0,
    zone_movable_pfn: new Map(),
    first_deferred_pfn: new Map(), deferring: { end_pfn: 0, nr_initialised: 0 }, dma_reserve: 0,
  };
}
