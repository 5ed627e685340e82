/** mm/huge_memory.c: transparent huge pages, as far as min_free_kbytes depends on them. */
import type { Kernel } from '../base/kernel.js';
import { EINVAL } from '../include/errno.js';

/** 512 MiB: smaller machines leave huge pages off. */
const SMALL_MACHINE_PAGES = 131072;

function totalram_pages(k: Kernel): number {
  return k.for_each_zone().reduce((sum, zone) => sum + zone.managed_pages, 0);
}

/**
 * At boot, after init_per_zone_wmark_min(): postcore_initcall comes before subsys_initcall.
 * @kernel mm/huge_memory.c v6.12 reduced: what sets min_free_kbytes
 */
export function hugepage_init(k: Kernel): void {
  if (k.machine.kconfig['TRANSPARENT_HUGEPAGE'] !== 'y') return;
  if (totalram_pages(k) < SMALL_MACHINE_PAGES) return;
  k.start_stop_khugepaged();
}

/** transparent_hugepage/enabled is written.
 * @kernel mm/huge_memory.c v6.12 reduced: khugepaged always starts */
export function enabled_store(k: Kernel, word: string): number {
  if (word !== 'always' && word !== 'madvise' && word !== 'never') return -EINVAL;
  k.state.transparent_hugepage = word;
  k.start_stop_khugepaged();
  return 0;
}
