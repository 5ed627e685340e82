/** include/linux/mmzone.h: what a zone is asked. */
import type { Kernel } from '../../base/kernel.js';
import type { Zone } from '../mmzone.js';

/** Has pages. @kernel include/linux/mmzone.h v6.12 full */
export function populated_zone(_k: Kernel, zone: Zone): boolean {
  return zone.present_pages !== 0;
}

/**
 * The buddy allocator was given pages, and not all were taken back: not the same as free pages.
 * @kernel include/linux/mmzone.h v6.12 full
 */
export function managed_zone(_k: Kernel, zone: Zone): boolean {
  return zone.managed_pages !== 0;
}

/** Zones of the online nodes, by node, then by index. @kernel include/linux/mmzone.h v7.3 full */
export function for_each_zone(k: Kernel): readonly Zone[] {
  return k.for_each_node_state('online').flatMap((nid) => k.state.nodes[nid]?.node_zones ?? []);
}

/** @kernel include/linux/mmzone.h v7.3 full */
export function for_each_populated_zone(k: Kernel): readonly Zone[] {
  return k.for_each_zone().filter((zone) => k.populated_zone(zone));
}

/** A watermark as it is compared with. @kernel include/linux/mmzone.h v7.3 full */
export function wmark_pages(_k: Kernel, zone: Zone, mark: keyof Zone['watermark']): number {
  return zone.watermark[mark] + zone.watermark_boost;
}

/** @kernel include/linux/mmzone.h v7.3 full */
export function zone_end_pfn(_k: Kernel, zone: Zone): number {
  return zone.zone_start_pfn + zone.spanned_pages;
}

/** @kernel include/linux/mmzone.h v7.3 full */
export function zone_spans_pfn(k: Kernel, zone: Zone, pfn: number): boolean {
  return zone.zone_start_pfn <= pfn && pfn < k.zone_end_pfn(zone);
}

/** @kernel include/linux/mmzone.h v6.12 full */
export function zone_intersects(
  k: Kernel, zone: Zone, start_pfn: number, nr_pages: number,
): boolean {
  if (zone.spanned_pages === 0) return false;
  return start_pfn < k.zone_end_pfn(zone) && start_pfn + nr_pages > zone.zone_start_pfn;
}
