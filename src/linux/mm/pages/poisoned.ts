/** Pages with bad memory that are freed. */
import type { Kernel } from '../../base/kernel.js';

/**
 * free_pages_prepare() lets such a page come to no list. `isGivenUp`: soft_offline_page() has moved
 * its contents away, and frees it.
 */
export function staysPoisoned(k: Kernel, pfn: number, isGivenUp: boolean): boolean {
  return k.config.poisoned_page_is_kept && (isGivenUp || k.state.hwpoison.has(pfn));
}
