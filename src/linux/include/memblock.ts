/** include/linux/memblock.h: ranges of memory at boot. */
import { pfnDown, pfnUp } from '../../base/pfn.js';
import type { MemPfnRange } from '../base/boot_state.js';
import type { Kernel } from '../base/kernel.js';

/** Whole pages of memory, ascending, of one node or (undefined) of all.
 * @kernel include/linux/memblock.h v6.12 custom: a list, where the kernel has a loop macro */
export function for_each_mem_pfn_range(k: Kernel, nid: number | undefined): MemPfnRange[] {
  return k.state.boot.memory
    .filter((region) => nid === undefined || region.nid === nid)
    .map((region) => ({
      start_pfn: pfnUp(region.start), end_pfn: pfnDown(region.end), nid: region.nid,
    }))
    .filter((range) => range.start_pfn < range.end_pfn);
}
