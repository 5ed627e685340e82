/** include/linux/hugetlb.h: flags of huge pages, and which can be moved. */
import { UNNAMED, type HugeFolio } from '../hugetlb.js';
import type { Kernel } from '../../base/kernel.js';

/** Those who look for pages to move find it, or do not.
 * @kernel include/linux/hugetlb.h v6.12 full */
export function folio_set_hugetlb_migratable(
  k: Kernel, folio: HugeFolio, migratable: boolean,
): void {
  folio.migratable = migratable;
  if (folio.pfn !== UNNAMED) k.state.pages?.setHugetlb(folio.pfn, migratable);
}

/**
 * Huge pages of this size may come from ZONE_MOVABLE: all that can be moved, but for those that are
 * larger than any block of the buddy allocator, which few places can take.
 * @kernel include/linux/hugetlb.h v7.3 custom: by whether it is gigantic; all sizes can be moved
 */
export function hugepage_movable_supported(k: Kernel, gigantic: boolean): boolean {
  return !gigantic || k.state.movable_gigantic_pages;
}
