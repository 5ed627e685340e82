/** mm/memory_hotplug.c: how zones and nodes grow and shrink over hotplugged memory. */
import { at } from '../../../base/assert.js';
import { roundUp } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import {
  PAGES_PER_SECTION, ZONE_DEVICE, type MigrateType, type Pgdat, type Zone,
} from '../../include/mmzone.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/**
 * Does the search for the new end of a span look at this page? Online pages only.
 * @kernel mm/memory_hotplug.c v6.12 custom: in place there; v5.3 asks pfn_valid()
 */
export function span_accepts(k: Kernel, pfn: number): boolean {
  return k.config.span_of_zone === 'memmap' ? k.pfn_valid(pfn) : k.pfn_to_online_page(pfn);
}

/** Steps from pfn to the first look behind its section; 0 when the section has a memmap. */
function absentSteps(k: Kernel, pfn: number, distance: number): number {
  if (k.state.sections.present(pfn_to_section_nr(pfn))) return 0;
  return roundUp(distance, k.config.span_search_step);
}

/**
 * First pfn at or above start_pfn, in steps of 2 MiB, that is online and of this zone (of any
 * zone of the node when none is given); 0: none.
 * @kernel mm/memory_hotplug.c v7.3 full; leaps over sections that hold nothing
 */
export function find_smallest_section_pfn(
  k: Kernel, nid: number, zone: Zone | undefined, start_pfn: number, end_pfn: number,
): number {
  for (let pfn = start_pfn; pfn < end_pfn;) {
    const leap = absentSteps(k, pfn, PAGES_PER_SECTION - (pfn % PAGES_PER_SECTION));
    const found = leap === 0 && k.span_accepts(pfn) && k.pfn_to_nid(pfn) === nid &&
      (zone === undefined || k.page_zone(pfn) === zone);
    if (found) return pfn;
    pfn += leap === 0 ? k.config.span_search_step : leap;
  }
  return 0;
}

/**
 * Last pfn below end_pfn, in steps of 2 MiB downwards, that is online and of this zone (of any
 * zone of the node when none is given); 0: none.
 * @kernel mm/memory_hotplug.c v7.3 full; leaps over sections that hold nothing
 */
export function find_biggest_section_pfn(
  k: Kernel, nid: number, zone: Zone | undefined, start_pfn: number, end_pfn: number,
): number {
  for (let pfn = end_pfn - 1; pfn >= start_pfn;) {
    const leap = absentSteps(k, pfn, (pfn % PAGES_PER_SECTION) + 1);
    const found = leap === 0 && k.span_accepts(pfn) && k.pfn_to_nid(pfn) === nid &&
      (zone === undefined || k.page_zone(pfn) === zone);
    if (found) return pfn;
    pfn -= leap === 0 ? k.config.span_search_step : leap;
  }
  return 0;
}

/**
 * Takes [start_pfn, end_pfn) off an end of the zone; a piece in the middle changes nothing.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function shrink_zone_span(
  k: Kernel, zone: Zone, start_pfn: number, end_pfn: number,
): void {
  const zone_end = k.zone_end_pfn(zone);
  if (zone.zone_start_pfn === start_pfn) {
    const pfn = k.find_smallest_section_pfn(zone.nid, zone, end_pfn, zone_end);
    zone.spanned_pages = pfn === 0 ? 0 : zone_end - pfn;
    zone.zone_start_pfn = pfn;
  } else if (zone_end === end_pfn) {
    const pfn = k.find_biggest_section_pfn(zone.nid, zone, zone.zone_start_pfn, start_pfn);
    zone.spanned_pages = pfn === 0 ? 0 : pfn - zone.zone_start_pfn + 1;
    if (pfn === 0) zone.zone_start_pfn = 0;
  }
}

/** The node spans what its zones span. @kernel mm/memory_hotplug.c v7.3 full */
export function update_pgdat_span(k: Kernel, pgdat: Pgdat): void {
  let start = 0;
  let end = 0;
  for (const zone of pgdat.node_zones) {
    if (zone.spanned_pages === 0) continue;
    const zone_end = k.zone_end_pfn(zone);
    if (end === 0 || zone.zone_start_pfn < start) start = zone.zone_start_pfn;
    if (zone_end > end) end = zone_end;
  }
  pgdat.node_start_pfn = start;
  pgdat.node_spanned_pages = end - start;
}

/** Not there up to v5.4: see __remove_pages(). @kernel mm/memory_hotplug.c v7.3 full */
export function remove_pfn_range_from_zone(
  k: Kernel, zone: Zone, start_pfn: number, nr_pages: number,
): void {
  if (k.config.spans_shrink_at === 'removal') return;
  if (k.config.offline_poisons) k.page_init_poison(start_pfn, nr_pages);
  // Device memory has no online sections: a search would find its zone empty.
  if (zone.index === ZONE_DEVICE) return;
  k.clear_zone_contiguous(zone);
  k.shrink_zone_span(zone, start_pfn, start_pfn + nr_pages);
  k.update_pgdat_span(at(k.state.nodes, zone.nid));
  k.set_zone_contiguous(zone);
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function resize_zone_range(
  k: Kernel, zone: Zone, start_pfn: number, nr_pages: number,
): void {
  const old_end = k.zone_end_pfn(zone);
  if (zone.spanned_pages === 0 || start_pfn < zone.zone_start_pfn) zone.zone_start_pfn = start_pfn;
  zone.spanned_pages = Math.max(start_pfn + nr_pages, old_end) - zone.zone_start_pfn;
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function resize_pgdat_range(
  _k: Kernel, pgdat: Pgdat, start_pfn: number, nr_pages: number,
): void {
  const old_end = pgdat.node_start_pfn + pgdat.node_spanned_pages;
  if (pgdat.node_spanned_pages === 0 || start_pfn < pgdat.node_start_pfn) {
    pgdat.node_start_pfn = start_pfn;
  }
  pgdat.node_spanned_pages = Math.max(start_pfn + nr_pages, old_end) - pgdat.node_start_pfn;
}

/** A section that device memory fills in part. @kernel mm/memory_hotplug.c v7.3 full */
export function section_taint_zone_device(k: Kernel, pfn: number): void {
  k.state.sections.set_device(pfn_to_section_nr(pfn), true);
}

/**
 * Gives the range to the zone: spans grow, its struct pages are initialised.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function move_pfn_range_to_zone(
  k: Kernel, zone: Zone, start_pfn: number, nr_pages: number, _altmap: undefined,
  migratetype: MigrateType, isolate_pageblock = false,
): void {
  k.clear_zone_contiguous(zone);
  if (zone.spanned_pages === 0) k.init_currently_empty_zone(zone, start_pfn, nr_pages);
  k.resize_zone_range(zone, start_pfn, nr_pages);
  k.resize_pgdat_range(at(k.state.nodes, zone.nid), start_pfn, nr_pages);
  if (zone.index === ZONE_DEVICE) {
    const end = start_pfn + nr_pages;
    if (start_pfn % PAGES_PER_SECTION !== 0) k.section_taint_zone_device(start_pfn);
    if (end % PAGES_PER_SECTION !== 0) k.section_taint_zone_device(end);
  }
  k.memmap_init_range(start_pfn, nr_pages, zone.nid, zone.index, 'hotplug', migratetype);
  // What never reaches the buddy allocator stays as it was initialised.
  if (migratetype === 'Unmovable' && k.config.hotplug_reserved) {
    k.memmap_set_reserved(start_pfn, start_pfn + nr_pages);
  }
  k.init_pageblock_migratetype(start_pfn, start_pfn + nr_pages, migratetype, isolate_pageblock);
  k.set_zone_contiguous(zone);
}
