import type { Zone } from '../../mm/mmzone.js';
import { isolatedPageblocks } from '../isolated.js';
import { onState } from '../invariant.js';
import { zoneLabel, zones } from '../zones.js';

export default onState(
  'P5',
  'A zone counts its isolated pageblocks right.',
  function* (k) {
    const found = new Map<Zone, number>();
    for (const { zone } of isolatedPageblocks(k)) found.set(zone, (found.get(zone) ?? 0) + 1);
    for (const zone of zones(k)) {
      const blocks = found.get(zone) ?? 0;
      if (zone.nr_isolate_pageblock === blocks) continue;
      yield `${zoneLabel(zone)}: ${zone.nr_isolate_pageblock} counted, ${blocks} are isolated`;
    }
  },
);
