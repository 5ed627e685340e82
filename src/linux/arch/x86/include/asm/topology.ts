/** arch/x86/include/asm/topology.h: nodes, their CPUs and distances. */
import type { Kernel } from '../../../../base/kernel.js';
import { distanceOf } from '../../../../base/machine.js';

/** CPUs of a node that are online, ascending.
 * @kernel arch/x86/include/asm/topology.h v7.3 full */
export function cpumask_of_node(k: Kernel, nid: number): readonly number[] {
  return k.for_each_online_cpu().filter((cpu) => k.state.cpu_to_node.get(cpu) === nid);
}

/** @kernel arch/x86/include/asm/topology.h v7.3 full */
export function node_distance(k: Kernel, from: number, to: number): number {
  return distanceOf(k.machine, from, to);
}
