import { onState } from '../invariant.js';
import { zoneLabel } from '../zones.js';

export default onState(
  'P1',
  'managed page lost or double',
  'Every managed page is in one place: free, isolated, on a per-cpu list, allocated, being freed.',
  function* (k) {
    for (const zp of k.state.pages?.zones ?? []) {
      const off = zp.imbalance();
      if (off !== 0) yield `${zoneLabel(zp.zone)}: ${off} pages too many`;
    }
  },
  'lost',
);
