/** include/linux/pageblock-flags.h: bits of pageblocks. */
import type { Kernel } from '../base/kernel.js';

/** @kernel include/linux/pageblock-flags.h v6.12 full */
export function set_pageblock_skip(k: Kernel, pfn: number): void {
  k.set_pfnblock_flags_mask(pfn);
}
