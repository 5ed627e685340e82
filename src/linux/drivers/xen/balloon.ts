/** drivers/xen/balloon.c: pages that go online wait for the hypervisor. */
import type { Kernel } from '../../base/kernel.js';
import { addRange, firstRange } from '../../base/page_ranges.js';

/**
 * A driver withholds these pages: PageOffline, reference count 1, not managed.
 * @kernel drivers/xen/balloon.c v6.12 custom: balloon_append() for a range
 */
export function withhold_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  addRange(k.state.withheld, start_pfn, nr_pages);
}

/**
 * Xen: the whole chunk goes to the balloon until the hypervisor gives frames.
 * @kernel drivers/xen/balloon.c v7.3 full
 */
export function xen_online_page(k: Kernel, pfn: number, order: number): void {
  k.withhold_pages(pfn, 2 ** order);
}

/**
 * The hypervisor gave frames: withheld pages of the range go to the buddy allocator, one by one.
 * Returns how many there were.
 * @kernel drivers/xen/balloon.c v6.12 custom: increase_reservation() with the pages named
 */
export function release_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): number {
  const end = start_pfn + nr_pages;
  const { withheld } = k.state;
  let released = 0;
  for (let pfn = start_pfn; ; pfn += 1) {
    const range = withheld[firstRange(withheld, pfn)];
    if (range === undefined) break;
    pfn = Math.max(pfn, range.start_pfn);
    if (pfn >= end) break;
    k.free_reserved_page(pfn);
    released += 1;
  }
  return released;
}
