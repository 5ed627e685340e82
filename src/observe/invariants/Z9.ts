import { onState } from '../invariant.js';
import { countsAsMemory } from '../node_memory.js';
import { nodes } from '../zones.js';

export default onState(
  'Z9',
  'N_MEMORY or kswapd wrong',
  'A node is in N_MEMORY, and kswapd runs for it, exactly while it has present pages.',
  function* (k) {
    for (const pgdat of nodes(k)) {
      const memory = countsAsMemory(k, pgdat.nid);
      if (memory !== pgdat.node_present_pages > 0) {
        yield `node ${pgdat.nid} is ${memory ? '' : 'not '}in N_MEMORY with ` +
          `${pgdat.node_present_pages} present pages`;
      }
      if (pgdat.kswapd !== memory) {
        yield `node ${pgdat.nid} is ${memory ? '' : 'not '}in N_MEMORY, kswapd ` +
          `${pgdat.kswapd ? 'runs' : 'does not run'}`;
      }
    }
  },
);
