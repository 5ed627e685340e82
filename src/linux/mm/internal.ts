/** mm/internal.h: zone->contiguous, and who profits of it. */
import type { Kernel } from '../base/kernel.js';
import type { Zone } from '../include/mmzone.js';

/** The pages are the zone's: known of a contiguous zone, looked up in others.
 * @kernel mm/internal.h v7.3 full */
export function pageblock_pfn_to_page(
  k: Kernel, start_pfn: number, end_pfn: number, zone: Zone,
): boolean {
  return zone.contiguous || k.__pageblock_pfn_to_page(start_pfn, end_pfn, zone);
}

/** @kernel mm/internal.h v7.3 full */
export function clear_zone_contiguous(_k: Kernel, zone: Zone): void {
  zone.contiguous = false;
}
