import { nodeList } from '../../base/nid_list.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Pgdat } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { nodeWeight } from '../node_weights.js';
import { nodes } from '../zones.js';

interface Rebuild {
  readonly memory: ReadonlySet<number>;
  readonly cpu: ReadonlySet<number>;
}

function* wrongOrder(k: Kernel, pgdat: Pgdat, rebuild: Rebuild): Generator<string> {
  const order = pgdat.node_order.filter((nid) => nid !== pgdat.nid);
  const expected = [...rebuild.memory].filter((nid) => nid !== pgdat.nid);
  if (nodeList(order) !== nodeList(expected)) {
    yield `node ${pgdat.nid} falls back to ${nodeList(order)}, memory was on ${nodeList(expected)}`;
  }
  for (const [i, nid] of order.entries()) {
    const next = order[i + 1];
    if (next === undefined) continue;
    if (nodeWeight(k, pgdat.nid, nid, rebuild.cpu) > nodeWeight(k, pgdat.nid, next, rebuild.cpu)) {
      yield `node ${pgdat.nid} falls back to node ${nid} before the nearer node ${next}`;
    }
  }
}

/** Node ids and loads as they were when the lists were made. */
const invariant: Invariant = {
  id: 'Z4',
  broken: 'nodes out of order',
  doc: 'Nodes are in the order that memory and distances gave when the list was last built.',
  functions: ['build_zonelists'],
  begin(k) {
    const rebuilds = new Map<number, Rebuild>();
    return {
      entered(_fn, args) {
        const { memory, cpu } = k.state.node_states;
        const pgdat = args[0] as Pgdat;
        rebuilds.set(pgdat.nid, { memory: new Set(memory), cpu: new Set(cpu) });
      },
      * violations() {
        for (const pgdat of nodes(k)) {
          const rebuild = rebuilds.get(pgdat.nid);
          if (rebuild !== undefined && pgdat.node_zonelists[0].length > 0) {
            yield* wrongOrder(k, pgdat, rebuild);
          }
        }
      },
    };
  },
};
export default invariant;
