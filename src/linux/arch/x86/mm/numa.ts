/** arch/x86/mm/numa.c: the order in which nodes are found, and which node CPUs belong to. */
import { PAGE_SIZE, hex } from '../../../../base/pfn.js';
import { parameters } from '../../../../base/command_line.js';
import type { Kernel } from '../../../base/kernel.js';
import { NUMA_NO_NODE } from '../../../include/mmzone.js';

/** Finds the nodes. @kernel arch/x86/mm/numa.c v7.3 reduced: no AMD northbridge */
export function x86_numa_init(k: Kernel): void {
  const words = parameters(k.machine.cmdline, 'numa');
  const off = words.includes('off') || k.machine.kconfig['NUMA'] === 'n';
  const acpi = !off && !words.includes('noacpi') && k.machine.srat.length > 0;
  if (acpi && k.numa_init(() => k.acpi_numa_init())) return;
  k.numa_init(() => k.dummy_numa_init(off));
}

/** @returns false when the nodes make no sense @kernel arch/x86/mm/numa.c v7.3 full */
export function numa_init(k: Kernel, find_nodes: () => void): boolean {
  const { boot, node_states } = k.state;
  boot.numa_nodes_parsed.clear();
  boot.apicid_to_node = [];
  boot.numa_meminfo = [];
  boot.numa_reserved_meminfo.splice(0);
  node_states.possible.clear();
  node_states.online.clear();
  k.memblock_set_node(0, Number.MAX_SAFE_INTEGER, NUMA_NO_NODE);
  k.memblock_clear_hotplug(0, Number.MAX_SAFE_INTEGER);
  k.numa_reset_distance();
  find_nodes();
  if (!k.numa_cleanup_meminfo()) return false;
  k.numa_emulation();
  if (!k.numa_register_memblks()) return false;
  k.numa_init_array();
  return true;
}

/** One node with all memory. @kernel arch/x86/mm/numa.c v7.3 full */
export function dummy_numa_init(k: Kernel, numa_off: boolean): void {
  const end = k.state.boot.max_pfn * PAGE_SIZE;
  if (k.machine.kconfig['NUMA'] !== 'n') {
    k.pr_info(numa_off ? 'NUMA turned off' : 'No NUMA configuration found');
    k.pr_info(`Faking a node at [mem ${hex(0, 16)}-${hex(end - 1, 16)}]`);
  }
  k.state.boot.numa_nodes_parsed.add(0);
  k.state.boot.numa_meminfo.push({ nid: 0, start: 0, end });
}

/** CPUs that no table gives to an online node are dealt to the online nodes in turn.
 * @kernel arch/x86/mm/numa.c v7.3 full */
export function numa_init_array(k: Kernel): void {
  const { node_states, cpu_to_node, boot } = k.state;
  const online = [...node_states.online].sort((a, b) => a - b);
  let next = 0;
  k.machine.cpus.forEach((_, cpu) => {
    const nid = boot.apicid_to_node[cpu] ?? NUMA_NO_NODE;
    if (node_states.online.has(nid)) {
      cpu_to_node.set(cpu, nid);
      return;
    }
    cpu_to_node.set(cpu, online[next % online.length] ?? 0);
    next += 1;
  });
}

/** CPUs come to their nodes, which go online with them; up to v5.17 they get a pgdat then.
 * @kernel arch/x86/mm/numa.c v7.3 full */
export function init_cpu_to_node(k: Kernel): void {
  const { node_states, cpu_to_node, boot } = k.state;
  boot.apicid_to_node.forEach((nid, cpu) => {
    if (nid === NUMA_NO_NODE) return;
    if (!node_states.online.has(nid) && !k.config.offline_nodes_initialised) {
      k.free_area_init_node(nid);
    }
    node_states.online.add(nid);
    cpu_to_node.set(cpu, nid);
  });
}

/**
 * The node that the firmware gives the address to; the first one, where it gives it to none.
 * @kernel arch/x86/mm/numa.c v7.3 full
 */
export function memory_add_physaddr_to_nid(k: Kernel, pfn: number): number {
  const at = pfn * 4096;
  return k.machine.srat.find(({ start, end }) => start <= at && at < end)?.nid ?? 0;
}

/** CPUs belong to the first node that is cut from their own; to node 0, where none is.
 * @kernel arch/x86/mm/numa.c v7.3 full; up to v6.11 in numa_emulation() */
export function numa_emu_update_cpu_to_node(k: Kernel): void {
  const { boot } = k.state;
  const faked = [...boot.emu_nid_to_phys].sort(([a], [b]) => a - b);
  boot.apicid_to_node = boot.apicid_to_node.map((phys) => (phys === NUMA_NO_NODE
    ? phys : faked.find(([, from]) => from === phys)?.[0] ?? 0));
}
