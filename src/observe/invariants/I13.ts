import { hex, roundDown, roundUp } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import {
  PAGES_PER_SECTION, pageblock_nr_pages, type Zone,
} from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { zoneEnd, zoneLabel, zones } from '../zones.js';
import { pfn_to_section_nr } from '../../linux/include/sections.js';

/** Does [start, end) hold the first or the last page of a pageblock, cut to the zone? */
function readByScan(zone: Zone, start: number, end: number): boolean {
  const first = roundUp(start, pageblock_nr_pages);
  const last = roundUp(start + 1, pageblock_nr_pages) - 1;
  return first < end || last < end || start === zone.zone_start_pfn || end === zoneEnd(zone);
}

/** The first gap between pages that name the zone at which a scan by pageblocks would stop. */
function foreign(k: Kernel, zone: Zone): { start: number; end: number } | undefined {
  let from = zone.zone_start_pfn;
  for (const { start, end, content } of k.state.memmap.runs(from, zoneEnd(zone))) {
    const own = content.kind === 'init' && content.nid === zone.nid && content.zone === zone.index;
    if (!own) continue;
    if (start > from && readByScan(zone, from, start)) return { start: from, end: start };
    from = end;
  }
  const end = zoneEnd(zone);
  return from < end && readByScan(zone, from, end) ? { start: from, end } : undefined;
}

/** The first pageblock of the span that begins with a page that is not online. */
function offline(k: Kernel, zone: Zone): number | undefined {
  const { sections } = k.state;
  for (let pfn = zone.zone_start_pfn; pfn < zoneEnd(zone);) {
    const section = pfn_to_section_nr(pfn);
    if (!sections.online(section)) return pfn;
    const bySection = !k.config.online_by_subsection || sections.whole(section);
    if (!bySection && !sections.subsection_valid(pfn)) return pfn;
    const step = bySection ? PAGES_PER_SECTION : pageblock_nr_pages;
    pfn = roundDown(pfn, step) + step;
  }
  return undefined;
}

/**
 * What set_zone_contiguous() finds when it reads the whole span, whatever a patch has put in its
 * place (mm/mm_init.c, v6.12); I8 looks only at pageblocks that have memory of the zone.
 */
export default onState(
  'I13',
  'zone wrongly contiguous',
  'A zone that is marked contiguous is one by a scan of its span: online, every pageblock its own.',
  function* (k) {
    for (const zone of zones(k)) {
      if (!zone.contiguous || zone.spanned_pages === 0) continue;
      const gap = foreign(k, zone);
      const pfn = offline(k, zone);
      if (gap !== undefined) {
        yield `${zoneLabel(zone)} is marked contiguous, but pages ` +
          `${hex(gap.start)}-${hex(gap.end - 1)} of its span are not its own`;
      } else if (pfn !== undefined) {
        yield `${zoneLabel(zone)} is marked contiguous, but page ${hex(pfn)} is not online`;
      }
    }
  },
);
