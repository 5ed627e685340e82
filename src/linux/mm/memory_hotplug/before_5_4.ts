/** mm/memory_hotplug.c up to v5.3: what history/bodies.ts puts in place of the newer bodies. */
import type { Kernel } from '../../base/kernel.js';
import { PAGES_PER_SECTION, type Zone } from '../../include/mmzone.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/**
 * try_offline_node(): a node goes offline when no present section of its span has a first page of
 * this node.
 * @kernel mm/memory_hotplug.c v5.3 full
 */
export function try_offline_node_by_section(k: Kernel, nid: number): void {
  const pgdat = k.NODE_DATA(nid);
  const end = pgdat.node_start_pfn + pgdat.node_spanned_pages;
  for (let pfn = pgdat.node_start_pfn; pfn < end; pfn += PAGES_PER_SECTION) {
    if (!k.state.sections.present(pfn_to_section_nr(pfn))) continue;
    if (k.pfn_to_nid(pfn) === nid) return;
  }
  if (k.check_cpu_on_node(nid) !== 0) return;
  k.node_set_offline(nid);
  k.unregister_one_node(nid);
}

/**
 * __remove_zone(): zone and node search for their new ends each for itself, over everything that
 * is valid.
 * @kernel mm/memory_hotplug.c v5.3 full
 */
export function __remove_zone_by_memmap(
  k: Kernel, zone: Zone, start_pfn: number, nr_pages: number,
): void {
  k.shrink_zone_span_and_rescan(zone, start_pfn, start_pfn + nr_pages);
  k.shrink_pgdat_span(k.NODE_DATA(zone.nid), start_pfn, start_pfn + nr_pages);
}
