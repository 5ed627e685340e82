/** mm/mm_init.c: the node of a page that has no links yet, and how much of a range is present. */
import { pfnDown, pfnUp } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { NUMA_NO_NODE } from '../../include/mmzone.js';

/** Pages of a node's memory in the range. @kernel mm/mm_init.c v6.12 custom: not the absent ones */
export function present_pages_in_range(
  k: Kernel, nid: number, start_pfn: number, end_pfn: number,
): number {
  return k.for_each_mem_pfn_range(nid).reduce((pages, range) => pages + Math.max(0,
    Math.min(range.end_pfn, end_pfn) - Math.max(range.start_pfn, start_pfn)), 0);
}

/** Node of a page by memblock; a page without memory counts as the first online node's.
 * @kernel mm/mm_init.c v7.3 full */
export function early_pfn_to_nid(k: Kernel, pfn: number): number {
  const nid = k.__early_pfn_to_nid(pfn);
  return nid === NUMA_NO_NODE ? k.first_online_node() : nid;
}

/** Node of a page by memblock, NUMA_NO_NODE without memory. @kernel mm/mm_init.c v7.3 full */
export function __early_pfn_to_nid(k: Kernel, pfn: number): number {
  const { memory } = k.state.boot;
  let low = 0;
  let high = memory.length;
  while (low < high) {
    const mid = Math.floor((low + high) / 2);
    const region = memory[mid];
    if (region !== undefined && pfnDown(region.end) <= pfn) low = mid + 1;
    else high = mid;
  }
  const region = memory[low];
  return region !== undefined && pfnUp(region.start) <= pfn ? region.nid : NUMA_NO_NODE;
}
