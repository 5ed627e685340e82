/** include/linux/topology.h: the node of the CPU that runs. */
import type { Kernel } from '../base/kernel.js';

/** Node of the CPU that runs. @kernel include/linux/topology.h v7.3 full */
export function numa_node_id(k: Kernel): number {
  return k.state.cpu_to_node.get(k.state.running_cpu) ?? 0;
}
