/** include/linux/nodemask.h: which nodes have what. */
import type { Kernel } from '../base/kernel.js';
import { NUMA_NO_NODE, type NodeState } from './mmzone.js';

/** @kernel include/linux/nodemask.h v6.12 full */
export function first_online_node(k: Kernel): number {
  return Math.min(...k.state.node_states.online);
}

/** @kernel include/linux/nodemask.h v7.3 full */
export function node_state(k: Kernel, nid: number, state: NodeState): boolean {
  return k.state.node_states[state].has(nid);
}

/** Nids in this state, ascending. @kernel include/linux/nodemask.h v7.3 full */
export function for_each_node_state(k: Kernel, state: NodeState): readonly number[] {
  return [...k.state.node_states[state]].sort((a, b) => a - b);
}

/** @kernel include/linux/nodemask.h v7.3 full */
export function next_node_in(_k: Kernel, nid: number, nodes: ReadonlySet<number>): number {
  const sorted = [...nodes].sort((a, b) => a - b);
  return sorted.find((one) => one > nid) ?? sorted[0] ?? NUMA_NO_NODE;
}

/** @kernel include/linux/nodemask.h v7.3 full */
export function node_set_online(k: Kernel, nid: number): void {
  k.state.node_states.online.add(nid);
}

/** @kernel include/linux/nodemask.h v7.3 full */
export function node_set_offline(k: Kernel, nid: number): void {
  k.state.node_states.online.delete(nid);
}
