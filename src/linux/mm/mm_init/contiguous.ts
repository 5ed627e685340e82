/** mm/mm_init.c: zones without a gap are found. */
import { onceFor } from '../../../base/once.js';
import { roundDown } from '../../../base/pfn.js';
import type { Costs } from '../../base/costs.js';
import type { Kernel } from '../../base/kernel.js';
import { pageblock_nr_pages, PAGES_PER_SECTION, type Zone } from '../../include/mmzone.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/** Up to here all pageblocks are the zone's; what was read to know it. */
interface Mark {
  readonly to: number;
  readonly read: number;
  readonly garbage: number;
}

/** The last look at a zone: from which page, when (changes of memmap and sections), how far. */
interface Walk {
  from: number;
  memmap: number;
  sections: number;
  /** Ascending. */
  readonly marks: Mark[];
}

/** Steps from mark to mark. */
const STEPS = 64;

const walkOf = onceFor((_zone: Zone): Walk => ({ from: NaN, memmap: 0, sections: 0, marks: [] }));

/** How far the last look still holds: nothing in front of it was changed since. */
function lastMark(k: Kernel, walk: Walk, from: number, end: number): Mark {
  const { memmap, sections } = k.state;
  const unchanged = Math.min(end, memmap.changed.since(walk.memmap),
    sections.changed.since(walk.sections) * PAGES_PER_SECTION);
  while ((walk.marks.at(-1)?.to ?? -1) > unchanged) walk.marks.pop();
  if (walk.from !== from) walk.marks.length = 0;
  walk.from = from;
  walk.memmap = memmap.changed.changes;
  walk.sections = sections.changed.changes;
  return walk.marks.at(-1) ?? { to: from, read: 0, garbage: 0 };
}

function marked(to: number, costs: Costs, before: Mark): Mark {
  return {
    to, read: costs.struct_pages_read - before.read,
    garbage: costs.garbage_pages_read - before.garbage,
  };
}

/**
 * @kernel mm/mm_init.c v7.3 full: pageblocks that are alike are read at once; those in front of all
 *   that was changed since the last time count as read
 */
export function set_zone_contiguous(k: Kernel, zone: Zone): void {
  const { costs } = k.state;
  const end = k.zone_end_pfn(zone);
  const walk = walkOf(zone);
  const last = lastMark(k, walk, zone.zone_start_pfn, end);
  const before = marked(last.to, costs, { ...last, read: 0, garbage: 0 });
  costs.struct_pages_read += last.read;
  costs.garbage_pages_read += last.garbage;
  let steps = 0;
  for (let pfn = last.to; pfn < end;) {
    const next = Math.min(roundDown(pfn, pageblock_nr_pages) + pageblock_nr_pages, end);
    if (!k.__pageblock_pfn_to_page(pfn, next, zone)) return;
    pfn = Math.max(next, sameAsFar(k, pfn, end));
    steps += 1;
    const isPlace = pfn % pageblock_nr_pages === 0 && (pfn === end || steps % STEPS === 0);
    if (isPlace) walk.marks.push(marked(pfn, costs, before));
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
