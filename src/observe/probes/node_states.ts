import { nodeList } from '../../base/nid_list.js';
import { wordsText } from '../../base/words.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';

const known: ReadonlySet<string> =
  new Set(['possible', 'online', 'cpu', 'memory', 'normal_memory']);

/** Those that a policy adds, where some node has them: without them it is as any other kernel. */
function added(states: Readonly<Record<string, ReadonlySet<number>>>): [string, string][] {
  return Object.entries(states).filter(([name, nids]) => !known.has(name) && nids.size > 0)
    .map(([name, nids]) => [name, nodeList(nids)]);
}

const probe: Probe = {
  id: 'node_states',
  doc: 'The node state files of sysfs, and the nodes that have a device object and a kswapd.',
  kind: 'state',
  sample(k: Kernel, see) {
    const { node_states, node_devices, nodes } = k.state;
    see('node states', wordsText([
      ['possible', nodeList(node_states.possible)], ['online', nodeList(node_states.online)],
      ['has_cpu', nodeList(node_states.cpu)], ['has_memory', nodeList(node_states.memory)],
      ['has_normal_memory', nodeList(node_states.normal_memory)],
      ...added(node_states),
    ]));
    const kswapd = nodes.filter((pgdat) => pgdat?.kswapd).map((pgdat) => pgdat.nid);
    see('nodes', wordsText([['devices', nodeList(node_devices)], ['kswapd', nodeList(kswapd)]]));
  },
};
export default probe;
