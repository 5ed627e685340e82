/** mm/mempolicy.c: does a policy govern an allocation? */
import type { Kernel } from '../base/kernel.js';
import { ZONE_MOVABLE } from '../include/mmzone.js';

/**
 * MPOL_BIND to these nodes governs an allocation whose highest zone is this.
 * @kernel mm/mempolicy.c v7.3 full
 */
export function apply_policy_zone(
  k: Kernel, nodes: ReadonlySet<number>, zone_idx: number,
): boolean {
  const normal = [...nodes].some((nid) => k.node_state(nid, 'normal_memory'));
  return zone_idx >= (normal ? k.state.policy_zone : ZONE_MOVABLE);
}
