/** drivers/acpi/numa/srat.c: nodes by the SRAT. */
import { parameters } from '../../../../base/command_line.js';
import { hasSlit } from '../../../base/faked_nodes.js';
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
  if (hasSlit(k.machine)) k.numa_alloc_distance();
}

/**
 * Nodes of the firmware that no faked one is cut from come behind those, so that memory and CPUs
 * that are plugged in later find them; of those that faked ones are cut from, the first such one is
 * found. A proximity domain has the number of its node here.
 * @param physical nodes of the firmware, ascending
 * @returns false with numa=off: then no nodes are faked
 * @kernel drivers/acpi/numa/srat.c v7.3 reduced: rows have no domains
 */
export function fix_pxm_node_maps(k: Kernel, physical: readonly number[]): boolean {
  const { numa_nodes_parsed, emu_nid_to_phys, pxm_to_node } = k.state.boot;
  const words = parameters(k.machine.cmdline, 'numa');
  if (words.includes('off')) return false;
  if (k.machine.srat.length === 0 || words.includes('noacpi')) return true;
  const faked = [...emu_nid_to_phys].sort(([a], [b]) => b - a);
  for (const [nid, phys] of faked) pxm_to_node.set(phys, nid);
  const taken = new Set(emu_nid_to_phys.keys());
  for (const nid of physical) {
    if (pxm_to_node.has(nid)) continue;
    let hole = 0;
    while (taken.has(hole)) hole += 1;
    taken.add(hole);
    pxm_to_node.set(nid, hole);
    numa_nodes_parsed.add(hole);
  }
  return true;
}
