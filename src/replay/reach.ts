import type { Kernel } from '../linux/base/kernel.js';
import { PAGES_PER_SECTION } from '../linux/include/mmzone.js';

/**
 * How many pages of a range that is to be taken away are looked at: behind the last memory of the
 * machine nothing is left to take, however far the range goes. One block more, so that the kernel
 * comes to what is missing; aligned or not as the whole range.
 */
export function reach(k: Kernel, start_pfn: number, nr_pages: number): number {
  const size = k.machine.pages_per_block;
  const sections = (k.state.sections.highest_present + 1) * PAGES_PER_SECTION;
  const most = Math.max(start_pfn, sections) + size - start_pfn;
  return nr_pages <= most ? nr_pages : nr_pages - size * Math.floor((nr_pages - most) / size);
}
