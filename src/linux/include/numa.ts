/** include/linux/numa.h: the pgdat of a node. */
import { at } from '../../base/assert.js';
import type { Kernel } from '../base/kernel.js';
import type { Pgdat } from './mmzone.js';

/** @kernel include/linux/numa.h v7.3 full */
export function NODE_DATA(k: Kernel, nid: number): Pgdat {
  return at(k.state.nodes, nid);
}
