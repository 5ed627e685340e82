/** Pages that are freed: mm/page_alloc.c. */
import type { Kernel } from './kernel.js';

/** A page that was reserved is free now. @kernel mm/page_alloc.c v6.12 reduced: at once */
export function __free_reserved_page(k: Kernel, pfn: number): void {
  const zone = k.page_zone(pfn);
  if (zone === undefined) return;
  const { pages } = k.state;
  if (pages === undefined) zone.nr_free_pages += 1;
  else pages.freeFresh(pfn, 0);
}
