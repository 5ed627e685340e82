import { nodeList } from '../../base/nid_list.js';
import { onState } from '../invariant.js';

export default onState(
  'N9',
  'block without node link',
  'A memory block has links with nodes that have a device object, and with its own node.',
  function* (k) {
    const { memory_blocks, node_devices } = k.state;
    for (const { id, nid, links } of memory_blocks.values()) {
      const dangling = [...links].filter((link) => !node_devices.has(link));
      if (dangling.length > 0) yield `memory${id} has links with node ${nodeList(dangling)}`;
      if (nid >= 0 && !links.has(nid)) yield `memory${id} has no link with its node ${nid}`;
    }
  },
);
