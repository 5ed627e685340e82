import { PAGES_PER_SECTION, type Zone } from '../../include/mmzone.js';
import type { Difference } from '../../base/difference.js';
import type { Kernel } from '../../base/kernel.js';

/** A node goes offline when no present section of its span has a first page of this node. */
function try_offline_node(k: Kernel, nid: number): void {
  const pgdat = k.NODE_DATA(nid);
  const end = pgdat.node_start_pfn + pgdat.node_spanned_pages;
  for (let pfn = pgdat.node_start_pfn; pfn < end; pfn += PAGES_PER_SECTION) {
    if (!k.state.sections.present(Math.floor(pfn / PAGES_PER_SECTION))) continue;
    if (k.pfn_to_nid(pfn) === nid) return;
  }
  if (k.check_cpu_on_node(nid) !== 0) return;
  k.node_set_offline(nid);
  k.unregister_one_node(nid);
}

/** Zone and node search for their new ends each for itself, over everything that is valid. */
function __remove_zone(k: Kernel, zone: Zone, start_pfn: number, nr_pages: number): void {
  k.shrink_zone_span_and_rescan(zone, start_pfn, start_pfn + nr_pages);
  k.shrink_pgdat_span(k.NODE_DATA(zone.nid), start_pfn, start_pfn + nr_pages);
}

/** v5.3.1: the node test walks sections (P0), spans shrink at removal by the memmap (R1). */
export const hotplug: Difference = {
  replaces: {
    try_offline_node,
    __remove_zone,
    span_accepts: (k, pfn) => k.pfn_valid(pfn),
  },
};
