/** drivers/acpi/numa/srat.c: nodes by the SRAT. */
import type { Kernel } from '../../../base/kernel.js';

/** Nodes by the SRAT. @kernel drivers/acpi/numa/srat.c v6.12 reduced: ranges are nodes already */
export function acpi_numa_init(k: Kernel): void {
  const { boot } = k.state;
  boot.apicid_to_node = k.machine.cpus;
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

/**
 * Nodes of the firmware that no faked one is cut from come behind those, so that memory and CPUs
 * that are plugged in later find them. A proximity domain has its node's number here.
 * @param physical nodes of the firmware, ascending
 * @kernel drivers/acpi/numa/srat.c v7.3 reduced: which nodes there may be; rows have no domains
 */
export function fix_pxm_node_maps(k: Kernel, physical: readonly number[]): void {
  const { numa_nodes_parsed, emu_nid_to_phys } = k.state.boot;
  if (k.machine.srat.length === 0) return;
  const taken = new Set(emu_nid_to_phys.keys());
  const used = new Set(emu_nid_to_phys.values());
  for (const nid of physical) {
    if (used.has(nid)) continue;
    let hole = 0;
    while (taken.has(hole)) hole += 1;
    taken.add(hole);
    numa_nodes_parsed.add(hole);
  }
}
