import { onState } from '../invariant.js';
import { nodes } from '../zones.js';

export default onState(
  'Z8',
  'node pages miscounted',
  'The present pages of a node are those of its zones.',
  function* (k) {
    for (const pgdat of nodes(k)) {
      const sum = pgdat.node_zones.reduce((pages, zone) => pages + zone.present_pages, 0);
      if (sum !== pgdat.node_present_pages) {
        yield `node ${pgdat.nid}: present ${pgdat.node_present_pages}, its zones have ${sum}`;
      }
    }
  },
);
