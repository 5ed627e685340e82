import { NUMA_NO_NODE } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { countsAsMemory } from '../node_memory.js';

export default onState(
  'N7',
  'online block, empty node',
  'The node of an online memory block is online and has memory.',
  function* (k) {
    const { online } = k.state.node_states;
    for (const { id, nid, state } of k.state.memory_blocks.values()) {
      if (state !== 'online' || nid === NUMA_NO_NODE) continue;
      if (!online.has(nid)) yield `memory${id} is online, node ${nid} is not`;
      else if (!countsAsMemory(k, nid)) {
        yield `memory${id} is online, node ${nid} is not in N_MEMORY`;
      }
    }
  },
);
