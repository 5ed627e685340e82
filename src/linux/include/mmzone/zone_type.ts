/** include/linux/mmzone.h: enum zone_type, by the kernel's configuration. */
import type { Kernel } from '../../base/kernel.js';
import { ZONE_DEVICE, ZONE_DMA } from '../mmzone.js';

/**
 * The kernel has this zone. The model numbers zones as if it had all of them.
 */
export function hasZone({ machine: { kconfig } }: Kernel, index: number): boolean {
  return (index !== ZONE_DMA || kconfig['ZONE_DMA'] !== 'n') &&
    (index !== ZONE_DEVICE || kconfig['ZONE_DEVICE'] !== 'n');
}
