/** kernel/resource.c: "System RAM" in /proc/iomem. */
import { firstEndingBehind } from '../../base/first_index.js';
import { PAGE_SIZE } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';
import { pagesOf, systemRam } from '../base/system_ram.js';

/**
 * The range is cut out of the one resource that has all of it; where there is none, nothing is.
 * @kernel kernel/resource.c v7.3 full; of resources there is System RAM
 */
export function release_mem_region_adjustable(
  k: Kernel, start_pfn: number, nr_pages: number,
): void {
  const start = start_pfn * PAGE_SIZE;
  const end = start + nr_pages * PAGE_SIZE;
  const { system_ram } = k.state;
  const index = firstEndingBehind(system_ram, start);
  const found = system_ram[index];
  if (found === undefined || found.start > start || found.end < end) return;
  const parts = [{ start: found.start, end: start }, { start: end, end: found.end }];
  system_ram.splice(index, 1, ...parts.filter((part) => part.start < part.end));
}

/**
 * How many whole pages of the range are "System RAM".
 * @kernel kernel/resource.c v6.12 custom: counts, where the kernel calls back for each range
 */
export function walk_system_ram_range(k: Kernel, start_pfn: number, nr_pages: number): number {
  return pagesOf(systemRam(k, start_pfn, nr_pages));
}
