/** mm/memory_hotplug.c: what later versions dropped, by the last version that has it. */
import { at } from '../../../base/assert.js';
import type { Kernel } from '../../base/kernel.js';
import {
  MAX_ORDER_NR_PAGES, PAGES_PER_SECTION, ZONE_DEVICE, type Pgdat, type Zone,
} from '../../include/mmzone.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/** Is there a page of the node, and of the zone if one is given, outside [start, end)? */
function anythingElse(
  k: Kernel, nid: number, zone: Zone | undefined, span: readonly [number, number],
  removed: readonly [number, number],
): boolean {
  for (let pfn = span[0]; pfn < span[1]; pfn += k.config.span_search_step) {
    if (!k.span_accepts(pfn)) continue;
    if (zone !== undefined ? k.page_zone(pfn) !== zone : k.pfn_to_nid(pfn) !== nid) continue;
    if (pfn < removed[0] || pfn >= removed[1]) return true;
  }
  return false;
}

/**
 * As shrink_zone_span(), but a search that finds nothing leaves the span alone; a second look at
 * the whole old span then decides whether the zone is empty.
 * @kernel mm/memory_hotplug.c v5.3.14 full
 */
export function shrink_zone_span_and_rescan(
  k: Kernel, zone: Zone, start_pfn: number, end_pfn: number,
): void {
  const start = zone.zone_start_pfn;
  const end = k.zone_end_pfn(zone);
  if (start === start_pfn) {
    const pfn = k.find_smallest_section_pfn(zone.nid, zone, end_pfn, end);
    if (pfn > 0) {
      zone.zone_start_pfn = pfn;
      zone.spanned_pages = end - pfn;
    }
  } else if (end === end_pfn) {
    const pfn = k.find_biggest_section_pfn(zone.nid, zone, start, start_pfn);
    if (pfn > 0) zone.spanned_pages = pfn - start + 1;
  }
  if (anythingElse(k, zone.nid, zone, [start, end], [start_pfn, end_pfn])) return;
  zone.zone_start_pfn = 0;
  zone.spanned_pages = 0;
}

/**
 * The node's own search, where later versions take the hull of the zones.
 * @kernel mm/memory_hotplug.c v5.3 full
 */
export function shrink_pgdat_span(
  k: Kernel, pgdat: Pgdat, start_pfn: number, end_pfn: number,
): void {
  const start = pgdat.node_start_pfn;
  const end = start + pgdat.node_spanned_pages;
  if (start === start_pfn) {
    const pfn = k.find_smallest_section_pfn(pgdat.nid, undefined, end_pfn, end);
    if (pfn > 0) {
      pgdat.node_start_pfn = pfn;
      pgdat.node_spanned_pages = end - pfn;
    }
  } else if (end === end_pfn) {
    const pfn = k.find_biggest_section_pfn(pgdat.nid, undefined, start, start_pfn);
    if (pfn > 0) pgdat.node_spanned_pages = pfn - start + 1;
  }
  if (anythingElse(k, pgdat.nid, undefined, [start, end], [start_pfn, end_pfn])) return;
  pgdat.node_start_pfn = 0;
  pgdat.node_spanned_pages = 0;
}

/**
 * Online sections only, of which device memory has none; to v5.3 everything that is valid, and
 * zone and node search for their new ends each for itself.
 * @kernel mm/memory_hotplug.c v5.3.14 full
 */
export function __remove_zone(
  k: Kernel, zone: Zone, start_pfn: number, nr_pages: number,
): void {
  if (k.config.span_of_zone === 'memmap') {
    k.shrink_zone_span_and_rescan(zone, start_pfn, start_pfn + nr_pages);
    k.shrink_pgdat_span(k.NODE_DATA(zone.nid), start_pfn, start_pfn + nr_pages);
    return;
  }
  if (zone.index === ZONE_DEVICE) return;
  k.clear_zone_contiguous(zone);
  k.shrink_zone_span_and_rescan(zone, start_pfn, start_pfn + nr_pages);
  k.update_pgdat_span(at(k.state.nodes, zone.nid));
  k.set_zone_contiguous(zone);
}

/**
 * Spans shrink when memory is removed, section by section; the zone is what the first page of
 * the range says, be it initialised or not. Up to v5.3 whether it has a gap is found out once.
 * @kernel mm/memory_hotplug.c v5.3.14 full
 */
export function __remove_pages_and_zone(k: Kernel, start_pfn: number, nr_pages: number): void {
  const zone = k.page_zone(start_pfn);
  const end = start_pfn + nr_pages;
  const once = k.config.span_of_zone === 'memmap' ? zone : undefined;
  if (once !== undefined) k.clear_zone_contiguous(once);
  for (let pfn = start_pfn; pfn < end;) {
    const pages = Math.min(PAGES_PER_SECTION - pfn % PAGES_PER_SECTION, end - pfn);
    if (zone !== undefined) k.__remove_zone(zone, pfn, pages);
    k.sparse_remove_section(pfn, pages);
    pfn += pages;
  }
  if (once !== undefined) k.set_zone_contiguous(once);
}

/**
 * The zone of the range by the first page of each block of the largest order; undefined: several,
 * or none. From v5.1 on a page that the zone found so far does not span is not read.
 * @kernel mm/memory_hotplug.c v5.17 reduced: a memmap that names no zone ends it, no oops
 */
export function test_pages_in_a_zone(
  k: Kernel, start_pfn: number, end_pfn: number,
): Zone | undefined {
  let zone: Zone | undefined;
  for (let pfn = start_pfn; pfn < end_pfn; pfn += MAX_ORDER_NR_PAGES) {
    if (!k.state.sections.present(pfn_to_section_nr(pfn))) continue;
    const spans = zone === undefined || k.zone_spans_pfn(zone, pfn);
    if (k.config.zone_test_spans && !spans) return undefined;
    const found = k.page_zone(pfn);
    if (found === undefined || (zone !== undefined && zone !== found)) return undefined;
    zone = found;
  }
  return zone;
}
