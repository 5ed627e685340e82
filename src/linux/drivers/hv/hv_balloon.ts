/** drivers/hv/hv_balloon.c: pages that the host backs go online, the others are withheld. */
import type { Kernel } from '../../base/kernel.js';
import { pagesIn } from '../../base/page_ranges.js';

/**
 * Hyper-V: pages that the host backs are onlined one by one, the others are withheld.
 * @kernel drivers/hv/hv_balloon.c v6.12 reduced: `state.backed` is the covered part
 */
export function hv_online_page(k: Kernel, pfn: number, order: number): void {
  for (let page = pfn; page < pfn + 2 ** order; page += 1) {
    if (pagesIn(k.state.backed, page, 1) === 1) k.generic_online_page(page, 0);
    else k.withhold_pages(page, 1);
  }
}
