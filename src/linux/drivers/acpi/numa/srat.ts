/** drivers/acpi/numa/srat.c: nodes by the SRAT. */
import type { Kernel } from '../../../base/kernel.js';

/** Nodes by the SRAT. @kernel drivers/acpi/numa/srat.c v6.12 reduced: ranges are nodes already */
export function acpi_numa_init(k: Kernel): void {
  const { boot } = k.state;
  for (const nid of k.machine.cpus) if (nid >= 0) boot.numa_nodes_parsed.add(nid);
  for (const { nid, start, end, hotplug } of k.machine.srat) {
    if (end < start) continue;
    boot.numa_nodes_parsed.add(nid);
    // Of a window of the CEDT nothing may be known but its node.
    if (end === start) continue;
    boot.numa_meminfo.push({ nid, start, end });
    if (hotplug) k.memblock_mark_hotplug(start, end);
  }
  if (k.machine.distance.length > 0) k.numa_alloc_distance();
}
