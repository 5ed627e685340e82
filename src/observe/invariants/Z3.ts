import type { Zonelist } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { nodes, zoneLabel } from '../zones.js';

function* wrongOrder(nid: number, list: Zonelist): Generator<string> {
  const seen = new Set<number>();
  let last: { nid: number; index: number } | undefined;
  for (const { zone } of list) {
    if (zone.nid === last?.nid) {
      if (zone.index >= last.index) yield `node ${nid} lists ${zoneLabel(zone)} too late`;
    } else if (seen.has(zone.nid)) {
      yield `node ${nid} lists zones of node ${zone.nid} in two places`;
    }
    seen.add(zone.nid);
    last = zone;
  }
  const first = list[0];
  if (first !== undefined && first.zone.nid !== nid && seen.has(nid)) {
    yield `node ${nid} does not come first in its own list`;
  }
}

export default onState(
  'Z3',
  'zonelist out of order',
  'A zonelist has each zone once, those of a node together from the highest down, its own first.',
  function* (k) {
    for (const pgdat of nodes(k)) {
      for (const list of pgdat.node_zonelists) yield* wrongOrder(pgdat.nid, list);
    }
  },
);
