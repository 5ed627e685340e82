import type { Kernel } from '../../linux/base/kernel.js';
import type { Zonelist } from '../../linux/include/mmzone.js';
import type { Probe } from '../probe.js';

function listText(list: Zonelist): string {
  return list.map(({ zone }) => `${zone.nid}:${zone.name}`).join(' ') || '-';
}

const probe: Probe = {
  id: 'zonelists',
  doc: 'The fallback and no-fallback zonelist of each online node.',
  kind: 'zonelists',
  sample(k: Kernel, see) {
    for (const nid of [...k.state.node_states.online].sort((a, b) => a - b)) {
      const lists = k.state.nodes[nid]?.node_zonelists;
      if (lists === undefined) continue;
      see(`zonelist ${nid} fallback`, listText(lists[0]));
      see(`zonelist ${nid} nofallback`, listText(lists[1]));
    }
  },
};
export default probe;
