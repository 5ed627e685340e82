import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { PageRun } from '../../linux/include/memmap.js';
import type { Zone } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { contentText } from '../page_text.js';
import { allRuns, spansRange, zoneOfRun } from '../zones.js';

/** A hole may belong to the zone that begins behind it, or to the one that began before it. */
function isTolerated(k: Kernel, run: PageRun, zone: Zone): boolean {
  if (run.content.kind !== 'init' || !run.content.hole || !run.content.reserved) return false;
  const spanned = (k.state.nodes[zone.nid]?.node_zones ?? [])
    .filter((one) => one.spanned_pages > 0)
    .sort((a, b) => a.zone_start_pfn - b.zone_start_pfn);
  const behind = spanned.find((one) => one.zone_start_pfn >= run.end);
  const before = spanned.findLast((one) => one.zone_start_pfn <= run.start);
  return zone === behind || zone === before;
}

export default onState(
  'I2',
  'page outside its zone',
  'The zone of a page spans it; a reserved hole may belong to the zone before or behind it.',
  function* (k) {
    for (const run of allRuns(k)) {
      const zone = zoneOfRun(k, run);
      if (zone === undefined || spansRange(zone, run.start, run.end)) continue;
      if (isTolerated(k, run, zone)) continue;
      yield `pages ${hex(run.start)}-${hex(run.end - 1)} are ${contentText(run.content)}, ` +
        'which does not span them';
    }
  },
);
