import type { Kernel } from '../../linux/base/kernel.js';
import type { Pgdat } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { nodes } from '../zones.js';

function* leftovers(k: Kernel, { nid, ...pgdat }: Pgdat): Generator<string> {
  const { memory_blocks, node_states, node_devices, cpu_to_node } = k.state;
  const blocks = [...memory_blocks.values()];
  const stored = blocks.filter((block) => block.nid === nid);
  if (stored.length > 0) yield `${stored.length} memory blocks, first memory${stored[0]?.id}`;
  if (blocks.some((block) => block.links.has(nid))) yield 'links of memory blocks';
  if (pgdat.node_spanned_pages > 0) yield `a span of ${pgdat.node_spanned_pages} pages`;
  if (pgdat.node_present_pages > 0) yield `${pgdat.node_present_pages} present pages`;
  if (node_states.memory.has(nid)) yield 'its bit in N_MEMORY';
  if ([...cpu_to_node.values()].includes(nid)) yield 'a CPU';
  if (pgdat.kswapd || pgdat.kcompactd) yield 'kswapd or kcompactd';
  if (node_devices.has(nid)) yield 'its device object';
}

export default onState(
  'N1',
  'offline node still in use',
  'A node that is offline has no memory, no memory block, no CPU, no thread and no device object.',
  function* (k) {
    for (const pgdat of nodes(k)) {
      if (k.state.node_states.online.has(pgdat.nid)) continue;
      for (const what of leftovers(k, pgdat)) yield `node ${pgdat.nid} is offline, left: ${what}`;
    }
  },
);
