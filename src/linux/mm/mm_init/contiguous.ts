/** mm/mm_init.c: zones without a gap are found. */
import { roundDown } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { pageblock_nr_pages, PAGES_PER_SECTION, type Zone } from '../../include/mmzone.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/** @kernel mm/mm_init.c v7.3 full: pageblocks that are alike are read at once */
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
  const section = pfn_to_section_nr(pfn);
  if (!sections.whole(section)) return pfn;
  const [run] = memmap.runs(pfn, Math.min(end, (section + 1) * PAGES_PER_SECTION));
  const last = roundDown(run?.end ?? pfn, pageblock_nr_pages);
  costs.struct_pages_read += 2 * Math.max(0, Math.floor((last - pfn) / pageblock_nr_pages) - 1);
  return last;
}
