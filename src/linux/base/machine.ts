/** The machine that a kernel boots on: what firmware, command line and configuration say. */

/** Types of ranges that the model asks for. */
export const E820_RAM = 'usable';
export const E820_RESERVED = 'reserved';

export interface E820Range {
  /** Bytes. */
  readonly start: number;
  /** Bytes, one past the last. */
  readonly end: number;
  /** `usable`, `reserved`, `ACPI data`, ... as the kernel prints it. */
  readonly type: string;
}

export interface SratRange {
  readonly nid: number;
  /** Bytes. */
  readonly start: number;
  /** Bytes, one past the last. */
  readonly end: number;
  readonly hotplug: boolean;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ManagedAtBoot {
  readonly nid: number;
  /** Zone index. */
  readonly zone: number;
  /** Pages. */
  readonly pages: number;
}

/** Kconfig symbols that the model asks for. */
export const kconfigSymbols = [
  'CMA', 'DEBUG_VM', 'DEBUG_VM_PGFLAGS', 'DEFERRED_STRUCT_PAGE_INIT', 'HUGETLBFS',
  'HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON', 'NUMA_EMU', 'MEMCG',
  'MEMORY_HOTPLUG_DEFAULT_ONLINE', 'MEMORY_ISOLATION', 'MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO',
  'MHP_DEFAULT_ONLINE_TYPE_ONLINE_KERNEL', 'MHP_DEFAULT_ONLINE_TYPE_ONLINE_MOVABLE',
  'MHP_MEMMAP_ON_MEMORY', 'NODES_SHIFT', 'NUMA', 'SLUB', 'TRANSPARENT_HUGEPAGE',
  'TRANSPARENT_HUGEPAGE_NEVER', 'ZONE_DEVICE', 'ZONE_DMA',
] as const;
export type KconfigSymbol = typeof kconfigSymbols[number];

export interface Machine {
  readonly e820: readonly E820Range[];
  /** Empty: no SRAT, one node with all memory. */
  readonly srat: readonly SratRange[];
  /** nid of each CPU, by CPU number. */
  readonly cpus: readonly number[];
  /** distance[from][to]; a missing entry is 10 for the node itself, else 20. */
  readonly distance: readonly (readonly number[])[];
  /** Kernel command line. */
  readonly cmdline: string;
  /** memblock.reserved as far as known, bytes. */
  readonly reserved: readonly ByteRange[];
  /** Pages in a section. */
  readonly pages_per_section: number;
  /** Pages in a memory block. */
  readonly pages_per_block: number;
  /** What was found out of the kernel's configuration: 'y', 'n', 'm' or a number. */
  readonly kconfig: Readonly<Partial<Record<KconfigSymbol, string>>>;
  /** Known from elsewhere: the managed pages when user space starts. Absent: present pages. */
  readonly managed_at_boot: readonly ManagedAtBoot[];
  /** Pages reserved below 16 MiB when zones were sized; undefined: as far as `reserved` tells. */
  readonly dma_reserve?: number;
  /**
   * Pages freed to the buddy allocator after init_per_zone_wmark_min() ran at boot (initrd,
   * initmem, gaps): managed pages were lower by this when the first watermarks were computed.
   */
  readonly freed_after_wmarks: number;
  /** How many of those were the initrd: it need not lie in the zone of the kernel. */
  readonly freed_initrd?: number;
  /** How many of those an arch initcall freed: before hugepage_init() computes watermarks again. */
  readonly freed_smp_locks?: number;
}
