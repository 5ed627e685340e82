import { onState } from '../invariant.js';
import { settled } from '../memmap_blocks.js';
import { countsAsMemory } from '../node_memory.js';
import { nodes } from '../zones.js';

export default onState(
  'N8',
  'N_MEMORY against its blocks',
  'A node that the kernel counts as memory has blocks that are online, and the other way round.',
  function* (k) {
    // A block on its way offline is not online any more, and its node has its memory still. Whom an
    // oops has ended comes no further.
    if (!settled(k) && k.state.faults.length === 0) return;
    const blocks = [...k.state.memory_blocks.values()];
    for (const { nid, node_present_pages } of nodes(k)) {
      const online = blocks.some((block) => block.state === 'online' && block.links.has(nid));
      const memory = countsAsMemory(k, nid);
      if (memory === online && memory === node_present_pages > 0) continue;
      yield `node ${nid}: ${memory ? '' : 'not '}in N_MEMORY, ${online ? 'has' : 'no'} online ` +
        `blocks, ${node_present_pages} present pages`;
    }
  },
);
