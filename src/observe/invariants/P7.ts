import { onState } from '../invariant.js';
import { zoneLabel } from '../zones.js';

export default onState(
  'P7',
  'While the per-cpu lists of a zone are switched off, they are empty.',
  function* (k) {
    for (const { zone, pcp } of k.state.pages?.zones ?? []) {
      if (zone.pageset !== 'real' || zone.pcp.high > 0) continue;
      const pages = pcp.reduce((sum, one) => sum + one.count, 0);
      if (pages > 0) yield `${zoneLabel(zone)}: ${pages} pages are on lists that are off`;
    }
  },
);
