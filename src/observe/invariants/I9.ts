import type { Kernel } from '../../linux/base/kernel.js';
import type { PageRun } from '../../linux/include/memmap.js';
import { onState } from '../invariant.js';
import { allRuns, zoneLabel, zoneOfRun, zones } from '../zones.js';
import type { Zone } from '../../linux/include/mmzone.js';

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
  'present pages miscounted',
  'The present pages of a zone are the pages with memory that link to it (to v5.4: online ones).',
  function* (k) {
    const pages = new Map<Zone, number>();
    // Pages that went offline go on naming the zone that they left.
    const online = k.config.spans_shrink_at === 'removal';
    const linked = (run: PageRun) => (online ? onlinePages(k, run) : run.end - run.start);
    for (const run of allRuns(k)) {
      const zone = zoneOfRun(k, run);
      if (zone === undefined || (run.content.kind === 'init' && run.content.hole)) continue;
      pages.set(zone, (pages.get(zone) ?? 0) + linked(run));
    }
    for (const zone of zones(k)) {
      if (zone.name === 'Device') continue;
      const linked = pages.get(zone) ?? 0;
      if (linked === zone.present_pages) continue;
      yield `${zoneLabel(zone)}: present ${zone.present_pages}, ${linked} pages link to it`;
    }
  },
);
