/** include/linux/hugetlb.h: flags of huge pages. */
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
