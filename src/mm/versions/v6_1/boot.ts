import type { Difference } from '../../difference.js';

/** Against v6.12: zones are first sized without their memmap, and memoryless nodes are named. */
export const boot: Difference = {
  config: {
    acpi_ends_ram: false,
    numa_coverage_by: 'numa_meminfo',
    memoryless_node_printed: true,
    memmap_pages_estimated: true,
    node_spanned: 'zones',
  },
};
