/** mm/khugepaged.c: how transparent huge pages raise min_free_kbytes. */
import { parameters } from '../../base/command_line.js';
import type { Kernel } from '../base/kernel.js';
import { MIGRATE_PCPTYPES } from '../include/migratetype.js';
import { ZONE_NORMAL, pageblock_nr_pages, type Zone } from '../include/mmzone.js';

const PAGE_KBYTES = 4;

/** The last transparent_hugepage= of the command line; the kernel takes three words. */
function thpWord(k: Kernel): string | undefined {
  return parameters(k.machine.cmdline, 'transparent_hugepage')
    .findLast((word) => /^(?:always|madvise|never)$/.test(word));
}

/**
 * Huge pages of PMD size may be used by somebody.
 * @kernel mm/khugepaged.c v6.12 reduced: huge pages of PMD size, not those of other sizes
 */
export function hugepage_pmd_enabled(k: Kernel): boolean {
  const { TRANSPARENT_HUGEPAGE, TRANSPARENT_HUGEPAGE_NEVER } = k.machine.kconfig;
  if (TRANSPARENT_HUGEPAGE !== 'y') return false;
  const word = k.state.transparent_hugepage ?? thpWord(k);
  if (word !== undefined) return word !== 'never';
  return TRANSPARENT_HUGEPAGE_NEVER !== 'y';
}

/** Zones whose fragmentation matters to huge pages. */
function counts(k: Kernel, zone: Zone): boolean {
  return zone.index <= ZONE_NORMAL || k.config.thp_counts_movable;
}

function raise(k: Kernel, kbytes: number): void {
  const { state } = k;
  if (kbytes <= state.min_free_kbytes) return;
  if (state.user_min_free_kbytes >= 0) {
    k.pr_info(`raising min_free_kbytes from ${state.min_free_kbytes} to ${kbytes} ` +
      'to help transparent hugepage allocations');
  }
  state.min_free_kbytes = kbytes;
}

/**
 * Some pageblocks of each zone are to stay free, but never more than a twentieth of the lowmem
 * that is above the high watermarks. min_free_kbytes is only ever raised here.
 * @kernel mm/khugepaged.c v6.12 full
 */
export function set_recommended_min_free_kbytes(k: Kernel): void {
  if (!k.hugepage_pmd_enabled()) {
    if (!k.config.min_free_recomputed_without_thp) return;
    k.calculate_min_free_kbytes();
    k.setup_per_zone_wmarks();
    return;
  }
  const zones = k.for_each_populated_zone().filter((zone) => counts(k, zone)).length;
  const wanted = pageblock_nr_pages * zones * (2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES);
  const pages = Math.min(wanted, Math.floor(k.nr_free_buffer_pages() / 20));
  raise(k, pages * PAGE_KBYTES);
  k.setup_per_zone_wmarks();
}

/** @kernel mm/khugepaged.c v6.12 full */
export function start_stop_khugepaged(k: Kernel): void {
  k.state.khugepaged = k.hugepage_pmd_enabled();
  k.set_recommended_min_free_kbytes();
}

/** After the watermarks were computed anew. @kernel mm/khugepaged.c v7.3 full */
export function khugepaged_min_free_kbytes_update(k: Kernel): void {
  if (k.hugepage_pmd_enabled() && k.state.khugepaged) k.set_recommended_min_free_kbytes();
}
