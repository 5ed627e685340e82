import type { Invariant } from '../invariant.js';
import { nodes } from '../zones.js';

const invariant: Invariant = {
  id: 'N3',
  broken: 'empty node left online',
  doc: 'After a node test, a hot-added node that nothing is left on is offline.',
  functions: ['try_offline_node'],
  begin(k) {
    let atBoot: ReadonlySet<number> | undefined;
    let tested = false;
    return {
      entered() {
        tested = true;
      },
      * violations() {
        const { node_states, memory_blocks, zone_device_ranges, cpu_to_node } = k.state;
        atBoot ??= new Set(node_states.online);
        if (!tested) return;
        for (const { nid } of nodes(k)) {
          if (!node_states.online.has(nid) || atBoot.has(nid)) continue;
          const used = [...memory_blocks.values()].some((block) => block.nid === nid) ||
            zone_device_ranges.some((range) => range.nid === nid) ||
            [...cpu_to_node.values()].includes(nid);
          if (!used) yield `node ${nid} stays online, nothing is left on it`;
        }
      },
    };
  },
};
export default invariant;
