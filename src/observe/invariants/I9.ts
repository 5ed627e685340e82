import { onState } from '../invariant.js';
import { allRuns, zoneLabel, zoneOfRun, zones } from '../zones.js';
import type { Zone } from '../../linux/include/mmzone.js';

export default onState(
  'I9',
  'The present pages of a zone are the pages with memory that link to it.',
  function* (k) {
    const pages = new Map<Zone, number>();
    for (const run of allRuns(k)) {
      const zone = zoneOfRun(k, run);
      if (zone === undefined || (run.content.kind === 'init' && run.content.hole)) continue;
      pages.set(zone, (pages.get(zone) ?? 0) + run.end - run.start);
    }
    for (const zone of zones(k)) {
      if (zone.name === 'Device') continue;
      const linked = pages.get(zone) ?? 0;
      if (linked === zone.present_pages) continue;
      yield `${zoneLabel(zone)}: present ${zone.present_pages}, ${linked} pages link to it`;
    }
  },
);
