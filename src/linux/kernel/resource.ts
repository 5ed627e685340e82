/** kernel/resource.c: "System RAM" in /proc/iomem. */
import { PAGE_SIZE, pfnDown, pfnUp } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';

/** @kernel kernel/resource.c v6.12 full */
export function release_mem_region_adjustable(
  k: Kernel, start_pfn: number, nr_pages: number,
): void {
  const start = start_pfn * PAGE_SIZE;
  const end = start + nr_pages * PAGE_SIZE;
  const kept = k.state.system_ram.flatMap((range) => {
    if (range.end <= start || range.start >= end) return [range];
    const parts = [];
    if (range.start < start) parts.push({ start: range.start, end: start });
    if (range.end > end) parts.push({ start: end, end: range.end });
    return parts;
  });
  k.state.system_ram.splice(0, k.state.system_ram.length, ...kept);
}

/**
 * How many whole pages of the range are "System RAM".
 * @kernel kernel/resource.c v6.12 custom: counts, where the kernel calls back for each range
 */
export function walk_system_ram_range(k: Kernel, start_pfn: number, nr_pages: number): number {
  let pages = 0;
  for (const range of k.state.system_ram) {
    const first = Math.max(start_pfn, pfnUp(range.start));
    const end = Math.min(start_pfn + nr_pages, pfnDown(range.end));
    if (end > first) pages += end - first;
  }
  return pages;
}
