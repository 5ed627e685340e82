/** arch/x86/include/asm/topology.h: nodes, their CPUs and distances. */
import type { Kernel } from '../../../../base/kernel.js';
import { distanceOf, physicalNode } from '../../../../base/faked_nodes.js';
import { NUMA_NO_NODE } from '../../../../include/mmzone.js';

/** CPUs of a node that are online, ascending; numa_add_cpu() gives faked nodes those of all of the
 * same physical one.
 * @kernel arch/x86/include/asm/topology.h v7.3 full */
export function cpumask_of_node(k: Kernel, nid: number): readonly number[] {
  const phys = physicalNode(k, nid);
  return k.for_each_online_cpu()
    .filter((cpu) => physicalNode(k, k.state.cpu_to_node.get(cpu) ?? NUMA_NO_NODE) === phys);
}

/** @kernel arch/x86/include/asm/topology.h v7.3 full */
export function node_distance(k: Kernel, from: number, to: number): number {
  return distanceOf(k, from, to);
}
