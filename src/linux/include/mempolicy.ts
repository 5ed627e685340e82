/** include/linux/mempolicy.h: the highest zone that policies bind. */
import type { Kernel } from '../base/kernel.js';
import { ZONE_MOVABLE } from './mmzone.js';

/**
 * Raises policy_zone, the highest zone that MPOL_BIND governs; nothing lowers it again.
 * @kernel include/linux/mempolicy.h v7.3 full
 */
export function check_highest_zone(k: Kernel, zone_idx: number): void {
  if (k.machine.kconfig['NUMA'] === 'n') return;
  if (zone_idx > k.state.policy_zone && zone_idx !== ZONE_MOVABLE) k.state.policy_zone = zone_idx;
}
