/** include/linux/mmzone.h: the type of a pageblock. */
import type { Kernel } from '../../base/kernel.js';

/** Codes as in migratetype.ts. @kernel include/linux/mmzone.h v6.12 full */
export function get_pageblock_migratetype(k: Kernel, pfn: number): number {
  // A pageblock that an allocation claimed has its type in the page-level state only.
  return k.state.pages?.typeOfPage(pfn) ?? k.state.pageblocks.get(pfn);
}
