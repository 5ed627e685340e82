import type { Kernel } from '../../linux/base/kernel.js';
import type { PageRun } from '../../linux/include/memmap.js';
import { onState } from '../invariant.js';
import { allRuns, zoneLabel, zoneOfRun, zones } from '../zones.js';
import type { Zone } from '../../linux/include/mmzone.js';

/** Pages of the run that are online: to v5.4 those that are not go on naming the zone they left. */
function onlinePages(k: Kernel, { start, end }: PageRun): number {
  const size = k.machine.pages_per_section;
  let pages = 0;
  for (let pfn = start; pfn < end;) {
    const section = Math.floor(pfn / size);
    const next = Math.min(end, (section + 1) * size);
    if (k.state.sections.online(section)) pages += next - pfn;
    pfn = next;
  }
  return pages;
}

export default onState(
  'I9',
  'The present pages of a zone are the online pages with memory that link to it.',
  function* (k) {
    const pages = new Map<Zone, number>();
    for (const run of allRuns(k)) {
      const zone = zoneOfRun(k, run);
      if (zone === undefined || (run.content.kind === 'init' && run.content.hole)) continue;
      pages.set(zone, (pages.get(zone) ?? 0) + onlinePages(k, run));
    }
    for (const zone of zones(k)) {
      if (zone.name === 'Device') continue;
      const linked = pages.get(zone) ?? 0;
      if (linked === zone.present_pages) continue;
      yield `${zoneLabel(zone)}: present ${zone.present_pages}, ${linked} pages link to it`;
    }
  },
);
