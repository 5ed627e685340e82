/** mm/compaction.c: as much of it as trusts the links of hole pages; zone->contiguous. */
import { roundDown } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';
import { pageblock_nr_pages, PAGES_PER_SECTION, type Zone } from '../include/mmzone.js';

/**
 * Compaction of a zone whose free scanner has just started, and whose look at the free lists ends
 * with the free page `pfn` as the highest one, which it cannot get.
 * @kernel mm/compaction.c v6.12 reduced: nothing is moved; only that one route is taken
 */
export function compact_zone(k: Kernel, zone: Zone, order: number, pfn: number): void {
  if (order > 0) k.fast_isolate_freepages(zone, pfn);
}

/**
 * No free page was got: the pageblock of the highest one seen is searched.
 * @kernel mm/compaction.c v6.12 reduced: the free lists are not walked, `pfn` says what they held
 */
export function fast_isolate_freepages(k: Kernel, zone: Zone, pfn: number): void {
  const block = roundDown(pfn, pageblock_nr_pages);
  const highest = k.config.compaction_clamped ? Math.max(block, zone.zone_start_pfn) : block;
  if (highest > 0) k.fast_isolate_around(zone, highest);
}

/**
 * The rest of the pageblock holds too few free pages: it is marked to be skipped.
 * @kernel mm/compaction.c v6.12 reduced: the search of the pageblock finds nothing
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

/** @kernel include/linux/pageblock-flags.h v6.12 full */
export function set_pageblock_skip(k: Kernel, pfn: number): void {
  k.set_pfnblock_flags_mask(pfn);
}

/**
 * The skip bit of a pageblock. It is the section's, so that a wrong zone does no harm; but with
 * DEBUG_VM the zone that the page names has to span it.
 * @kernel mm/page_alloc.c v6.12 reduced: the skip bit only
 */
export function set_pfnblock_flags_mask(k: Kernel, pfn: number): void {
  const zone = k.page_zone(pfn);
  const spans = zone !== undefined && k.zone_spans_pfn(zone, pfn);
  k.VM_BUG_ON_PAGE(
    !spans, 'set_pfnblock_flags_mask', '!zone_spans_pfn(page_zone(page), pfn)', pfn);
  k.state.pageblock_skip.add(roundDown(pfn, pageblock_nr_pages));
}

/** The pages are the zone's: known of a contiguous zone, looked up in others.
 * @kernel mm/internal.h v6.12 full */
export function pageblock_pfn_to_page(
  k: Kernel, start_pfn: number, end_pfn: number, zone: Zone,
): boolean {
  return zone.contiguous || k.__pageblock_pfn_to_page(start_pfn, end_pfn, zone);
}

/** First and last page are valid and name the zone, and the first one is online.
 * @kernel mm/page_alloc.c v6.12 full */
export function __pageblock_pfn_to_page(
  k: Kernel, start_pfn: number, end_pfn: number, zone: Zone,
): boolean {
  if (!k.pfn_valid(start_pfn) || !k.pfn_valid(end_pfn - 1)) return false;
  if (!k.pfn_to_online_page(start_pfn)) return false;
  return k.page_zone(start_pfn) === zone && k.page_zone(end_pfn - 1) === zone;
}

/** @kernel mm/mm_init.c v6.12 full: pageblocks that are alike are read at once */
export function set_zone_contiguous(k: Kernel, zone: Zone): void {
  const end = k.zone_end_pfn(zone);
  for (let pfn = zone.zone_start_pfn; pfn < end;) {
    const next = Math.min(roundDown(pfn, pageblock_nr_pages) + pageblock_nr_pages, end);
    if (!k.__pageblock_pfn_to_page(pfn, next, zone)) return;
    pfn = Math.max(next, sameAsFar(k, pfn, end));
  }
  zone.contiguous = true;
}

/** The pageblock at `pfn` is the zone's: up to where all are, for the same reasons. */
function sameAsFar(k: Kernel, pfn: number, end: number): number {
  const { sections, memmap, costs } = k.state;
  const section = Math.floor(pfn / PAGES_PER_SECTION);
  if (!sections.whole(section)) return pfn;
  const [run] = memmap.runs(pfn, Math.min(end, (section + 1) * PAGES_PER_SECTION));
  const last = roundDown(run?.end ?? pfn, pageblock_nr_pages);
  costs.struct_pages_read += 2 * Math.max(0, Math.floor((last - pfn) / pageblock_nr_pages) - 1);
  return last;
}

/** @kernel include/linux/memory_hotplug.h v6.12 full */
export function clear_zone_contiguous(_k: Kernel, zone: Zone): void {
  zone.contiguous = false;
}
