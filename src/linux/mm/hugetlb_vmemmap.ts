/** mm/hugetlb_vmemmap.c: struct pages of huge pages that are not needed. */
import { switchParameter } from '../../base/command_line.js';
import type { Kernel } from '../base/kernel.js';

/**
 * Struct pages of huge pages are freed while they are ones (hugetlb_free_vmemmap=on).
 * @kernel mm/hugetlb_vmemmap.c v7.3 reduced: the sysctl is not read, memory for struct pages never
 *   lacks
 */
export function vmemmap_should_optimize(k: Kernel): boolean {
  const symbol = k.machine.kconfig['HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON'] === 'y';
  return k.config.hugetlb_freed_late &&
    switchParameter(k.machine.cmdline, 'hugetlb_free_vmemmap', symbol);
}
