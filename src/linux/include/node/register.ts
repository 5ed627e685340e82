/** include/linux/node.h: a node gets its device. */
import { at } from '../../../base/assert.js';
import type { Kernel } from '../../base/kernel.js';

/**
 * Since v6.19 register_node() of drivers/base/node.c, called for online nodes only.
 * @kernel include/linux/node.h v6.12 full
 */
export function register_one_node(k: Kernel, nid: number): number {
  if (!k.state.node_states.online.has(nid)) return 0;
  const error = k.__register_one_node(nid);
  if (error !== 0 || k.config.boot_links_by === 'regions') return error;
  const pgdat = at(k.state.nodes, nid);
  const start = pgdat.node_start_pfn;
  k.register_memory_blocks_under_node(nid, start, start + pgdat.node_spanned_pages, 'early');
  return 0;
}
