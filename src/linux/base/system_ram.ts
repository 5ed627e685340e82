/** "System RAM" in ranges of pages: what can go online and offline. */
import { firstEndingBehind } from '../../base/first_index.js';
import { PAGE_SIZE, pfnDown, pfnUp } from '../../base/pfn.js';
import type { Kernel } from './kernel.js';

export interface PageRange {
  readonly start_pfn: number;
  readonly end_pfn: number;
}

/**
 * What of the range (in pages) is "System RAM", by ascending address; of its ends only whole pages,
 * as walk_system_ram_range() of kernel/resource.c goes through it.
 */
export function systemRam(k: Kernel, start_pfn: number, nr_pages: number): PageRange[] {
  const found: PageRange[] = [];
  const { system_ram } = k.state;
  const last = start_pfn + nr_pages;
  for (let at = firstEndingBehind(system_ram, start_pfn * PAGE_SIZE); ; at += 1) {
    const range = system_ram[at];
    if (range === undefined || range.start >= last * PAGE_SIZE) return found;
    const first = Math.max(start_pfn, pfnUp(range.start));
    const end_pfn = Math.min(last, pfnDown(range.end));
    if (end_pfn > first) found.push({ start_pfn: first, end_pfn });
  }
}

/** Pages in all of them. */
export function pagesOf(ranges: readonly PageRange[]): number {
  return ranges.reduce((pages, { start_pfn, end_pfn }) => pages + end_pfn - start_pfn, 0);
}

/**
 * What of a block's pages goes online or offline: all of them; up to v5.4, where a block with holes
 * can, what is "System RAM" (online_pages() and __offline_pages() of mm/memory_hotplug.c).
 */
export function changedPieces(k: Kernel, start_pfn: number, nr_pages: number): PageRange[] {
  if (k.config.refuse_holes) return [{ start_pfn, end_pfn: start_pfn + nr_pages }];
  return systemRam(k, start_pfn, nr_pages);
}
