/** Version switches of boot, sections and compaction, with their values in the newest version. */
export interface BootConfig {
  /** Bytes from address 0 that are reserved: 1 MiB from v5.13, 64 KiB before. */
  readonly reserved_low: number;
  /** Where memblock's search upwards (movable_node) begins: the memory (from v5.11), or where the
   * kernel ends. */
  readonly bottom_up_from: 'memory' | 'kernel_end';
  /** ACPI tables count as RAM where the end of RAM is sought (v6.11, not v6.8). */
  readonly acpi_ends_ram: boolean;
  /** What tells whether the nodes cover all RAM: memblock (v6.8), or numa_meminfo (v6.5). */
  readonly numa_coverage_by: 'memblock' | 'numa_meminfo';
  /** Possible nodes that are not online get their pgdat at boot (from v5.18). */
  readonly offline_nodes_initialised: boolean;
  /** A node without memory is called so, not given an empty range (from v5.18). */
  readonly memoryless_node_named: boolean;
  /** Possible nodes that are not online have a line of their own (v5.18 - v6.5, not v6.8). */
  readonly memoryless_node_printed: boolean;
  /** Zones are first sized without their memmap and without dma_reserve (to v6.9). */
  readonly memmap_pages_estimated: boolean;
  /** node_spanned_pages: hull of the node's memory, or the sum of its zones (to v6.11). */
  readonly node_spanned: 'hull' | 'zones';
  /** A memmap starts zeroed, or as the kernel poisons it (from v4.15). */
  readonly memmap_garbage: 'poisoned' | 'zero';
  /** Sections hot-added in part: validity by subsection (from v5.3), or by section. */
  readonly subsection_map: boolean;
  /**
   * A page is online when its subsection is valid too (from v5.12, 1f90a3477df3), or as soon as
   * its section is. It matters behind the last RAM of a boot section.
   */
  readonly online_by_subsection: boolean;
  /** Compaction stays inside its zone when it looks at free pages (from v5.12, 6e2b7044c199). */
  readonly compaction_clamped: boolean;
  /** /proc/kpageflags: last page is that of the last section (from v5.6), or of RAM. */
  readonly kpage_limit: 'section' | 'max_pfn';
}

export const bootNewest: BootConfig = {
  reserved_low: 2 ** 20,
  bottom_up_from: 'memory',
  acpi_ends_ram: true,
  numa_coverage_by: 'memblock',
  offline_nodes_initialised: true,
  memoryless_node_named: true,
  memoryless_node_printed: false,
  memmap_pages_estimated: false,
  node_spanned: 'hull',
  memmap_garbage: 'poisoned',
  subsection_map: true,
  online_by_subsection: true,
  compaction_clamped: true,
  kpage_limit: 'section',
};
