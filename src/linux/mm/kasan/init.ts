/** mm/kasan/init.c: shadow of memory that no notifier is told of. */
import type { Kernel } from '../../base/kernel.js';

/**
 * Accesses to the range are valid from now on; a page of zeros is their shadow.
 * @returns 0 or a negative errno
 * @kernel mm/kasan/init.c v7.3 reduced: kept also without CONFIG_KASAN, page tables do not fail
 */
export function kasan_add_zero_shadow(k: Kernel, start_pfn: number, nr_pages: number): number {
  k.state.zero_shadow.push({ start_pfn, nr_pages });
  return 0;
}

/** @kernel mm/kasan/init.c v7.3 reduced: ranges as they were added */
export function kasan_remove_zero_shadow(k: Kernel, start_pfn: number, nr_pages: number): void {
  const { zero_shadow } = k.state;
  const index = zero_shadow.findIndex(
    (range) => range.start_pfn === start_pfn && range.nr_pages === nr_pages);
  if (index >= 0) zero_shadow.splice(index, 1);
}
