/** Which nodes the kernel counts as nodes with memory. */
import type { Kernel } from '../linux/base/kernel.js';

/**
 * The node is in N_MEMORY, or in a node state of a policy for memory that N_MEMORY does not have:
 * one with `memory` in its name (N_MEMORY_PRIVATE of an RFC of 2026: `memory_private`).
 */
export function countsAsMemory(k: Kernel, nid: number): boolean {
  return Object.entries(k.state.node_states).some(([name, nids]) =>
    name.includes('memory') && name !== 'normal_memory' && nids.has(nid));
}
