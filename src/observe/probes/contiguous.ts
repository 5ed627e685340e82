import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';
import { zoneLabel, zones } from '../zones.js';

const probe: Probe = {
  id: 'contiguous',
  doc: 'The zones that are marked contiguous: walkers by pageblock check nothing in them.',
  kind: 'links',
  sample(k: Kernel, see) {
    const marked = zones(k).filter((zone) => zone.contiguous).map(zoneLabel);
    see('contiguous zones', marked.length === 0 ? 'none' : marked.join(','));
  },
};
export default probe;
