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

export const LOCAL_DISTANCE = 10;
const REMOTE_DISTANCE = 20;

/** Between two nodes of which nobody says anything. */
export const usual = (from: number, to: number): number =>
  (from === to ? LOCAL_DISTANCE : REMOTE_DISTANCE);

/**
 * Has the firmware a SLIT? Nothing tells where all distances are those that the kernel takes for
 * granted: it is held to have none then.
 */
export function hasSlit({ distance }: Machine): boolean {
  return distance.some((row, from) => row.some((value, to) => value !== usual(from, to)));
}

/** What the firmware says of two of its nodes. */
export function firmwareDistance({ distance }: Machine, from: number, to: number): number {
  return distance[from]?.[to] ?? usual(from, to);
}

/** Distance of two nodes as node_distance() gives it. */
export function distanceOf({ machine, state }: Numa, from: number, to: number): number {
  const { emu_nid_to_phys, faked_distance } = state.boot;
  if (emu_nid_to_phys.size === 0) return firmwareDistance(machine, from, to);
  return faked_distance[from]?.[to] ?? usual(from, to);
}
