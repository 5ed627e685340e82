import { NUMA_NO_NODE } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';

export default onState(
  'N2',
  'block on an offline node',
  'The node of each memory block is online and has a device object.',
  function* (k) {
    const { memory_blocks, node_states, node_devices } = k.state;
    for (const { id, nid } of memory_blocks.values()) {
      if (nid === NUMA_NO_NODE) continue;
      if (!node_states.online.has(nid)) yield `memory${id} is on node ${nid}, which is offline`;
      else if (!node_devices.has(nid)) yield `memory${id} is on node ${nid}, which has no device`;
    }
  },
);
