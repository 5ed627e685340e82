/** Ranges of pages, cut to a zone. */
import type { Zone } from '../include/mmzone.js';
import type { Kernel } from './kernel.js';

/** A pfn cut to the span of a zone. */
export function intoZone(k: Kernel, pfn: number, zone: Zone): number {
  return Math.min(Math.max(pfn, zone.zone_start_pfn), k.zone_end_pfn(zone));
}
