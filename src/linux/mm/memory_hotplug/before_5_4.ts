/** mm/memory_hotplug.c up to v5.3: what history/bodies.ts puts in place of the newer bodies. */
import type { Kernel } from '../../base/kernel.js';
import { PAGES_PER_SECTION } from '../../include/mmzone.js';
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
