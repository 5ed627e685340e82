import { ZONE_DEVICE } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { zoneLabel, zones } from '../zones.js';

export default onState(
  'Z6',
  'wrong pcp lists of a zone',
  'A zone has per-cpu lists of its own exactly while it is populated, set up once.',
  function* (k) {
    for (const zone of zones(k)) {
      if (zone.index === ZONE_DEVICE) continue;
      const populated = zone.present_pages > 0;
      if (populated && zone.pageset === 'boot') {
        yield `${zoneLabel(zone)} is populated and uses the boot pageset`;
      }
      if (!populated && zone.pageset === 'real') {
        yield `${zoneLabel(zone)} is empty and keeps its pageset`;
      }
      if (zone.pageset_leaked > 0) {
        yield `${zoneLabel(zone)}: pageset replaced ${zone.pageset_leaked} times while in use`;
      }
    }
  },
);
