/** mm/compaction.c: as much of it as trusts the links of hole pages; kcompactd. */
import { roundDown } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';
import { pageblock_nr_pages, type Zone } from '../include/mmzone.js';

/**
 * Compaction of a zone whose free scanner has just started, and whose look at the free lists ends
 * with the free page `pfn` as the highest one, which it cannot get. Up to v5.0 it looks at none.
 * @kernel mm/compaction.c v6.12 reduced: nothing is moved; only that one route is taken
 */
export function compact_zone(k: Kernel, zone: Zone, order: number, pfn: number): void {
  if (order > 0 && k.config.compaction_walks_lists) k.fast_isolate_freepages(zone, pfn);
}

/**
 * No free page was got: the pageblock of the highest one seen is searched.
 * @kernel mm/compaction.c v7.3 reduced: the free lists are not walked, `pfn` says what they held
 */
export function fast_isolate_freepages(k: Kernel, zone: Zone, pfn: number): void {
  const block = roundDown(pfn, pageblock_nr_pages);
  const highest = k.config.compaction_clamped ? Math.max(block, zone.zone_start_pfn) : block;
  if (highest > 0) k.fast_isolate_around(zone, highest);
}

/**
 * The rest of the pageblock holds too few free pages: it is marked to be skipped.
 * @kernel mm/compaction.c v7.3 reduced: the search of the pageblock finds nothing
 */
export function fast_isolate_around(k: Kernel, zone: Zone, pfn: number): void {
  const block = roundDown(pfn, pageblock_nr_pages);
  if (!k.config.compaction_clamped) {
    k.set_pageblock_skip(block);
    return;
  }
  const start_pfn = Math.max(block, zone.zone_start_pfn);
  const end_pfn = Math.min(block + pageblock_nr_pages, k.zone_end_pfn(zone));
  if (k.pageblock_pfn_to_page(start_pfn, end_pfn, zone)) k.set_pageblock_skip(start_pfn);
}

/** @kernel mm/compaction.c v6.12 reduced: the thread always starts */
export function kcompactd_run(k: Kernel, nid: number): void {
  const pgdat = k.state.nodes[nid];
  if (pgdat !== undefined) pgdat.kcompactd = true;
}

/** @kernel mm/compaction.c v7.3 full */
export function kcompactd_stop(k: Kernel, nid: number): void {
  const pgdat = k.state.nodes[nid];
  if (pgdat !== undefined) pgdat.kcompactd = false;
}

/** One kcompactd for each node with memory.
 * @kernel mm/compaction.c v6.12 reduced: no callback when a CPU comes */
export function kcompactd_init(k: Kernel): void {
  for (const nid of k.for_each_node_state('memory')) k.kcompactd_run(nid);
}

/**
 * Free pages of an isolated range leave the buddy allocator. They are kept as withheld pages,
 * which is what the one caller makes of them.
 * @returns the end of what was taken, which can reach over the range; 0 for nothing
 * @kernel mm/compaction.c v7.3 reduced: all of the range or nothing, for alloc_contig_range() only
 */
export function isolate_freepages_range(k: Kernel, start_pfn: number, end_pfn: number): number {
  const taken = k.state.pages?.takeOffline(start_pfn, end_pfn);
  if (taken !== undefined && taken < end_pfn) return 0;
  const zone = k.page_zone(start_pfn);
  const end = taken ?? end_pfn;
  const nr_pages = end - start_pfn;
  if (taken === undefined && zone !== undefined) {
    zone.nr_isolated_pages -= Math.min(nr_pages, zone.nr_isolated_pages);
  }
  k.withhold_pages(start_pfn, nr_pages);
  return end;
}
