import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';

const probe: Probe = {
  id: 'moved_pages',
  doc: 'Pages that were moved out of a range so far, by the node that they went to.',
  kind: 'state',
  sample(k: Kernel, see) {
    for (const [nid, moved] of k.state.pages_moved_to.entries()) {
      if (moved !== undefined) see(`pages moved to node ${nid}`, moved);
    }
  },
};
export default probe;
