import type { Kernel } from '../../linux/base/kernel.js';
import { distanceOf } from '../../linux/base/faked_nodes.js';
import type { Pgdat } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { nodeWeight } from '../node_weights.js';

/** How often each node came first of those at its distance, in the lists that were made so far. */
type Loads = Map<number, number>;

/** Whether all that come first are the least used of those that weigh the same. */
function* unfair(
  k: Kernel, { nid: from, node_order }: Pgdat, cpu: ReadonlySet<number>, loads: Loads,
): Generator<string> {
  const others = node_order.filter((nid) => nid !== from);
  const weight = (nid: number): number => nodeWeight(k, from, nid, cpu);
  const used = (nid: number): number => loads.get(nid) ?? 0;
  let distance: number | undefined;
  for (const [at, nid] of others.entries()) {
    if (distanceOf(k, from, nid) === distance) continue;
    distance = distanceOf(k, from, nid);
    const same = others.slice(at).filter((one) => weight(one) === weight(nid));
    const least = same.reduce((best, one) => (used(one) < used(best) ? one : best), nid);
    if (used(least) < used(nid)) {
      yield `node ${from} falls back to node ${nid} first, as ${used(nid)} before it do, and `
        + `${used(least)} to node ${least}, which is as near`;
    }
    loads.set(nid, used(nid) + 1);
  }
}

/** Lists that were built together share the load; those of one node alone have nobody to share. */
const invariant: Invariant = {
  id: 'Z16',
  broken: 'unfair order of near nodes',
  doc: 'Of nodes that are as near, the one that fewest lists begin with comes first in the next.',
  functions: ['__build_all_zonelists', 'build_zonelists'],
  begin(k) {
    let built: { readonly pgdat: Pgdat; readonly cpu: ReadonlySet<number> }[] = [];
    return {
      entered(fn, args) {
        if (fn === '__build_all_zonelists') built = [];
        else built.push({ pgdat: args[0] as Pgdat, cpu: new Set(k.state.node_states.cpu) });
      },
      * violations() {
        const loads: Loads = new Map();
        for (const { pgdat, cpu } of built) yield* unfair(k, pgdat, cpu, loads);
      },
    };
  },
};
export default invariant;
