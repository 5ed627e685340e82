/** Pageblocks whose ends belong to another zone than the memory in them. */
import { hex, roundDown } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import { pageblock_nr_pages, type Zone } from '../linux/include/mmzone.js';
import { contentText } from './page_text.js';
import { allRuns, spansRange, zoneLabel, zoneOfRun } from './zones.js';

/** What is wrong at `pfn`, an end of a pageblock that has memory of the zone. */
function foreignEnd(k: Kernel, zone: Zone, pfn: number): string | undefined {
  const content = k.state.memmap.get(pfn);
  if (content === undefined || !spansRange(zone, pfn, pfn + 1)) return undefined;
  if (content.kind === 'init' && content.nid === zone.nid && content.zone === zone.index) {
    return undefined;
  }
  return `page ${hex(pfn)}, in a pageblock with memory of ${zoneLabel(zone)}, ` +
    `is ${contentText(content)}`;
}

/** One sentence for each such end of a pageblock. */
export function* foreignPageblockEnds(k: Kernel): Generator<[zone: Zone, text: string]> {
  for (const run of allRuns(k)) {
    const zone = zoneOfRun(k, run);
    if (zone === undefined || (run.content.kind === 'init' && run.content.hole)) continue;
    const first = roundDown(run.start, pageblock_nr_pages);
    const last = roundDown(run.end - 1, pageblock_nr_pages) + pageblock_nr_pages - 1;
    for (const pfn of new Set([first, last])) {
      const text = foreignEnd(k, zone, pfn);
      if (text !== undefined) yield [zone, text];
    }
  }
}
