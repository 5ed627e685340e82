/** kernel/cpu.c: CPUs come and go. */
import { parameter } from '../../base/command_line.js';
import type { Kernel } from '../base/kernel.js';

/** So many CPUs run after boot, the boot's among them. */
function setup_max_cpus(cmdline: string): number {
  const given = Number.parseInt(parameter(cmdline, 'maxcpus') ?? '', 10);
  if (/(^|\s)nosmp(\s|$)/.test(cmdline)) return 1;
  return Number.isNaN(given) ? Infinity : Math.max(given, 1);
}

/**
 * The other CPUs are brought up, as many as maxcpus= and nosmp allow. The rest is there, and can be
 * brought up later.
 * @kernel kernel/cpu.c v7.3 reduced: which CPUs; their nodes: init_cpu_node_state()
 */
export function bringup_nonboot_cpus(k: Kernel): void {
  const most = setup_max_cpus(k.machine.cmdline);
  for (const cpu of k.state.cpu_to_node.keys()) if (cpu >= most) k.state.offline_cpus.add(cpu);
}

/**
 * A CPU appears on a node and is brought up; the node goes online with it.
 * @kernel kernel/cpu.c v7.3 reduced: its node, N_CPU and the sizes of per-cpu lists
 */
export function cpu_up(k: Kernel, cpu: number, nid: number): void {
  if (k.try_online_node(nid) < 0) return;
  k.page_alloc_cpu_online();
  k.state.cpu_to_node.set(cpu, nid);
  k.state.offline_cpus.delete(cpu);
  k.state.node_states.cpu.add(nid);
  k.setup_pcp_cacheinfo(cpu);
}

/**
 * A CPU goes down; it is still there, and so its node is not tested.
 * @kernel kernel/cpu.c v7.3 reduced: as cpu_up
 */
export function cpu_down(k: Kernel, cpu: number): void {
  const nid = k.state.cpu_to_node.get(cpu);
  if (nid === undefined) return;
  k.state.offline_cpus.add(cpu);
  if (k.cpumask_of_node(nid).length === 0) k.state.node_states.cpu.delete(nid);
  k.page_alloc_cpu_dead(cpu);
}
