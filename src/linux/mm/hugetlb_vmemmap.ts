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

/** Pages of 4 KiB that the struct pages of a huge page of 2 MiB fill. */
const VMEMMAP_PAGES = 8;

/**
 * Pages of boot's memmap that optimizing this many huge pages gives to the buddy allocator, managed
 * from then on: all but the one with the head, which moves to a fresh page from v6.2 on.
 * @kernel mm/hugetlb_vmemmap.c v7.3 custom: what free_vmemmap_page() comes to for reserved pages
 */
export function vmemmap_freed_pages(k: Kernel, huge_pages: number): number {
  if (huge_pages === 0 || !k.vmemmap_should_optimize()) return 0;
  return huge_pages * (VMEMMAP_PAGES - (k.config.vmemmap_head_moves ? 0 : 1));
}
