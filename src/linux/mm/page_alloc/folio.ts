/** mm/page_alloc.c: a folio is allocated for hugetlb. */
import {
  HUGETLB_PAGE_ORDER, UNNAMED, pages_per_huge_page, type HugeBlock,
} from '../../include/hugetlb.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import type { Zone } from '../../include/mmzone.js';

/** Takes free pages that have no name, where there are any. */
function takeUnnamed(k: Kernel, zone: Zone): boolean {
  const { pages } = k.state;
  const listed = pages?.zonePages(zone).nr_listed ?? 0;
  if (zone.nr_free_pages - listed < pages_per_huge_page) return false;
  zone.nr_free_pages -= pages_per_huge_page;
  pages?.leaveUnnamed(zone, -pages_per_huge_page);
  return true;
}

/**
 * Allocates a block of 2 MiB, its first page UNNAMED where pages are only counted.
 * @kernel mm/page_alloc.c v7.3 reduced: by free pages and watermarks, then by the lists; nothing
 *   is reclaimed or compacted
 */
export function* __folio_alloc(
  k: Kernel, gfp: string, nid: number, nodes: ReadonlySet<number> | undefined, cpu: number,
): Preempt<HugeBlock | undefined> {
  const order = HUGETLB_PAGE_ORDER;
  const { pages } = k.state;
  const { zonelist, highest_zoneidx, classzone_idx, words } =
    k.prepare_alloc_pages(gfp, order, nid);
  const type = words.has('__GFP_MOVABLE') ? 1 : 0;
  for (const wmark of ['low', 'min'] as const) {
    for (const { zone, zone_idx } of zonelist) {
      if (zone_idx > highest_zoneidx || nodes?.has(zone.nid) === false) continue;
      const mark = k.wmark_pages(zone, wmark);
      if (!k.__zone_watermark_ok(zone, order, mark, classzone_idx, { wmark })) continue;
      const pfn = pages === undefined ? UNNAMED
        : yield* k.rmqueue(zone.nid, zone.index, order, type, cpu);
      if (pfn >= 0) return { pfn, zone };
      if (takeUnnamed(k, zone)) return { pfn: UNNAMED, zone };
    }
  }
  return undefined;
}
