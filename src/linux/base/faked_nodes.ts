/** Nodes that numa=fake= cuts from those of the firmware: which is whose, and how far apart. */
import { NUMA_NO_NODE } from '../include/mmzone.js';
import type { BootState } from './boot_state.js';
import type { Machine } from './machine.js';

interface Numa {
  readonly machine: Machine;
  readonly state: { readonly boot: BootState };
}

/** The firmware's node that a node is cut from; the node itself where none is faked. */
export function physicalNode({ state }: Numa, nid: number): number {
  const { emu_nid_to_phys } = state.boot;
  return emu_nid_to_phys.size === 0 ? nid : emu_nid_to_phys.get(nid) ?? NUMA_NO_NODE;
}

/** Distance of two nodes as node_distance() gives it. */
export function distanceOf(k: Numa, from: number, to: number): number {
  const [here, there] = [physicalNode(k, from), physicalNode(k, to)];
  return k.machine.distance[here]?.[there] ?? (from === to || here === there ? 10 : 20);
}
