import { nodeList } from '../../base/nid_list.js';
import { onState } from '../invariant.js';
import { zoneLabel, zonesWithFreePages } from '../zones.js';

export default onState(
  'Z2',
  'zone not in fallback lists',
  'Every zone with free pages on a node with memory is in the fallback list of all online nodes.',
  function* (k) {
    const { node_states, nodes } = k.state;
    for (const zone of zonesWithFreePages(k)) {
      if (!node_states.memory.has(zone.nid)) continue;
      const without = [...node_states.online]
        .filter((nid) => !nodes[nid]?.node_zonelists[0].some((ref) => ref.zone === zone));
      if (without.length > 0) {
        yield {
          text: `${zone.nr_free_pages} free pages of ${zoneLabel(zone)} cannot be had from node ` +
            nodeList(without),
          amount: zone.nr_free_pages,
        };
      }
    }
  },
  'lost',
);
