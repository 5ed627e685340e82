/** include/linux/numa.h: the pgdat of a node. */
import type { Kernel } from '../base/kernel.js';
import type { Pgdat } from './mmzone.js';

/** @kernel include/linux/numa.h v7.3 reduced: what is in front of the first node is an oops */
export function NODE_DATA(k: Kernel, nid: number): Pgdat {
  return k.state.nodes[nid] ?? k.oops('NODE_DATA', `there is no node ${nid}`);
}
