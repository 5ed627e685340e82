/** mm/hugetlb_vmemmap.c: struct pages of huge pages that are not needed. */
import { switchParameter } from '../../base/command_line.js';
import type { Kernel } from '../base/kernel.js';
import { UNNAMED, type HugeFolio } from '../include/hugetlb.js';
import type { Zone } from '../include/mmzone.js';

/**
 * Struct pages of huge pages are freed while they are ones (hugetlb_free_vmemmap=on, or
 * vm.hugetlb_optimize_vmemmap since then).
 * @kernel mm/hugetlb_vmemmap.c v7.3 reduced: memory for struct pages never lacks
 */
export function vmemmap_should_optimize(k: Kernel): boolean {
  const symbol = k.machine.kconfig['HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON'] === 'y';
  return k.config.hugetlb_freed_late && (k.state.hugetlb.vmemmap_optimize_enabled
    ?? switchParameter(k.machine.cmdline, 'hugetlb_free_vmemmap', symbol));
}

/** Pages of 4 KiB that the struct pages of a huge page of 2 MiB fill. */
const VMEMMAP_PAGES = 8;

/**
 * Pages of boot's memmap that optimizing this many huge pages gives to the buddy allocator, managed
 * from then on: all but the one with the head, which moves to a fresh page from v6.2 on.
 * @kernel mm/hugetlb_vmemmap.c v7.3 custom: what free_vmemmap_page() comes to for reserved pages
 */
export function vmemmap_freed_pages(k: Kernel, huge_pages: number): number {
  if (huge_pages === 0 || !k.vmemmap_should_optimize()) return 0;
  return huge_pages * (VMEMMAP_PAGES - (k.config.vmemmap_head_moves ? 0 : 1));
}

/** The zone has memory of boot, whose struct pages are boot's. */
function isOfBoot(k: Kernel, nid: number, zone: number): boolean {
  return (k.state.nodes[nid]?.node_zones[zone]?.present_early_pages ?? 0) > 0;
}

/** Huge pages of the node in zones of boot, those among them that are not counted yet. */
function held(k: Kernel, nid: number): number {
  const { hugepage_freelists, hugepage_activelist } = k.state.hugetlb;
  return [...hugepage_freelists[nid] ?? [], ...hugepage_activelist]
    .filter((folio) => folio.nid === nid && isOfBoot(k, nid, folio.zone)).length;
}

/**
 * Pages of boot's memmap that a fresh huge page gives to the buddy allocator: those of its place,
 * once; what takes their place when it leaves the pool are ordinary pages. They are in the highest
 * zone of boot's memory on the node.
 * @kernel mm/hugetlb_vmemmap.c v7.3 custom: free_vmemmap_page() of reserved pages; of pages that
 *   nobody can name as many places are used as there were at once
 */
export function vmemmap_of_boot(
  k: Kernel, { pfn, nid, zone: index }: HugeFolio,
): { readonly zone: Zone; readonly pages: number } | undefined {
  const { memory_blocks, nodes, hugetlb: h } = k.state;
  const { vmemmap_moved, vmemmap_most } = h;
  const zone = nodes[nid]?.node_zones.findLast((one) => one.present_early_pages > 0);
  const pages = k.vmemmap_freed_pages(1);
  if (zone === undefined || pages === 0) return undefined;
  if (pfn === UNNAMED) {
    if (!isOfBoot(k, nid, index)) return undefined;
    const now = held(k, nid);
    if (now <= (vmemmap_most[nid] ?? 0)) {
      h.vmemmap_doubt[nid] = (h.vmemmap_doubt[nid] ?? 0) + 1;
      return undefined;
    }
    vmemmap_most[nid] = now;
    return { zone, pages };
  }
  const block = memory_blocks.get(Math.floor(pfn / k.machine.pages_per_block));
  if (block?.early !== true || vmemmap_moved.has(pfn)) return undefined;
  vmemmap_moved.add(pfn);
  return { zone, pages };
}

/**
 * Of the pages without a name so many have gone to places that had been none: their struct pages of
 * boot are managed too.
 * @kernel mm/hugetlb_vmemmap.c v7.3 custom: free_vmemmap_page(), where somebody saw what came of it
 */
export function vmemmap_places_known(k: Kernel, zone: Zone, places: number): void {
  const { vmemmap_most, vmemmap_doubt } = k.state.hugetlb;
  vmemmap_most[zone.nid] = (vmemmap_most[zone.nid] ?? 0) + places;
  vmemmap_doubt[zone.nid] = 0;
  if (places > 0) k.adjust_managed_page_count(zone, k.vmemmap_freed_pages(places));
}

/**
 * Struct pages of a fresh huge page are freed: those that boot made are managed from then on.
 * @kernel mm/hugetlb_vmemmap.c v7.3 reduced: where pages have names nobody knows those of the
 *   memmap, so that nothing changes; pages of the command line: hugetlb_init()
 */
export function hugetlb_vmemmap_optimize_folio(k: Kernel, folio: HugeFolio): void {
  if (k.state.pages !== undefined) return;
  const freed = k.vmemmap_of_boot(folio);
  if (freed === undefined || k.state.system_state === 'booting') return;
  k.adjust_managed_page_count(freed.zone, freed.pages);
  k.free_zone_pages(freed.zone, freed.pages);
}
