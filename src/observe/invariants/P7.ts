import { onState } from '../invariant.js';
import { zoneLabel } from '../zones.js';

export default onState(
  'P7',
  'disabled pcp list in use',
  'While the per-cpu lists of a zone are switched off, they hold one page at most, and none when ' +
    'nobody is about to change them.',
  function* (k) {
    // The drain that empties them is under way.
    if (k.state.locks.pcpu_drain_mutex.held) return;
    for (const { zone, pcp } of k.state.pages?.zones ?? []) {
      if (zone.pageset !== 'real' || zone.pcp.high > 0) continue;
      if (zone.pcp.batch !== 1) yield `${zoneLabel(zone)}: off with batch ${zone.pcp.batch}`;
      const pages = pcp.reduce((sum, one) => sum + (one.locked ? 0 : one.count), 0);
      if (pages > 0) yield `${zoneLabel(zone)}: ${pages} pages are on lists that are off`;
    }
  },
);
