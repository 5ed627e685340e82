/** include/linux/cpumask.h: which CPUs there are. */
import type { Kernel } from '../base/kernel.js';

/** @kernel include/linux/cpumask.h v6.12 custom: a list, where the kernel has a loop macro */
export function for_each_online_cpu(k: Kernel): number[] {
  return [...k.state.cpu_to_node.keys()]
    .filter((cpu) => !k.state.offline_cpus.has(cpu)).sort((a, b) => a - b);
}
