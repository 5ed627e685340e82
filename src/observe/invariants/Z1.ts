import { onState } from '../invariant.js';
import { nrZonelists, zoneLabel, zonesWithFreePages } from '../zones.js';

export default onState(
  'Z1',
  'zone not in own zonelist',
  'Every zone with free pages is in both zonelists of its own node.',
  function* (k) {
    for (const zone of zonesWithFreePages(k)) {
      const lists = k.state.nodes[zone.nid]?.node_zonelists.slice(0, nrZonelists(k)) ?? [];
      const missing = lists.some((list) => !list.some((ref) => ref.zone === zone));
      if (missing) {
        yield {
          text: `${zoneLabel(zone)} has ${zone.nr_free_pages} free pages, ` +
            'its node does not list it',
          amount: zone.nr_free_pages,
        };
      }
    }
  },
  'lost',
);
