/** drivers/acpi/acpi_processor.c: a CPU is taken away. */
import type { Kernel } from '../../base/kernel.js';

/**
 * A CPU goes down and is removed; its node is tested.
 * @kernel drivers/acpi/acpi_processor.c v6.1 reduced: as cpu_up; v6.12 has its work in
 *   acpi_processor_post_eject()
 */
export function acpi_processor_remove(k: Kernel, cpu: number): void {
  const nid = k.state.cpu_to_node.get(cpu);
  if (nid === undefined) return;
  k.cpu_down(cpu);
  k.state.cpu_to_node.delete(cpu);
  k.state.offline_cpus.delete(cpu);
  k.state.costs.node_tests += 1;
  k.try_offline_node(nid);
}
