/** mm/sparse-vmemmap.c: where the struct pages of hot-added memory are. */
import type { Kernel } from '../base/kernel.js';
import type { MemmapPages, Zone } from '../include/mmzone.js';

/** Notes 2^order pages of the zone, next to what it gave before. */
function note(taken: MemmapPages[], zone: Zone, pages: number): void {
  const last = taken.at(-1);
  if (last?.zone === zone) taken[taken.length - 1] = { zone, pages: last.pages + pages };
  else taken.push({ zone, pages });
}

/**
 * Takes `pages` free pages of node `nid` or its fallbacks, in units of 2^order.
 * @returns how many are still missing
 * @kernel mm/sparse-vmemmap.c v6.12 reduced: the caller's loop is in it
 */
export function vmemmap_alloc_block(
  k: Kernel, pages: number, order: number, nid: number, taken: MemmapPages[],
): number {
  let missing = pages;
  for (; missing >= 2 ** order; missing -= 2 ** order) {
    const zone = k.alloc_pages('GFP_KERNEL+__GFP_RETRY_MAYFAIL+__GFP_NOWARN', order, nid);
    if (zone === undefined) break;
    note(taken, zone, 2 ** order);
  }
  return missing;
}
