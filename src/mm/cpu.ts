/** kernel/cpu.c, drivers/acpi: CPUs come and go. */
import type { Kernel } from './kernel.js';

/**
 * A CPU appears on a node and is brought up; the node goes online with it.
 * @kernel kernel/cpu.c v6.12 reduced: its node, N_CPU and the sizes of per-cpu lists
 */
export function cpu_up(k: Kernel, cpu: number, nid: number): void {
  k.try_online_node(nid);
  k.page_alloc_cpu_online();
  k.state.cpu_to_node.set(cpu, nid);
  k.state.node_states.cpu.add(nid);
}

/**
 * A CPU goes down and is removed; its node is tested.
 * @kernel drivers/acpi/acpi_processor.c v6.12 reduced: as cpu_up
 */
export function acpi_processor_remove(k: Kernel, cpu: number): void {
  const nid = k.state.cpu_to_node.get(cpu);
  if (nid === undefined) return;
  k.state.cpu_to_node.delete(cpu);
  const left = [...k.state.cpu_to_node.values()].includes(nid);
  if (!left) k.state.node_states.cpu.delete(nid);
  k.page_alloc_cpu_dead();
  k.state.costs.node_tests += 1;
  k.try_offline_node(nid);
}
