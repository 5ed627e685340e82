/** arch/x86/include/asm/pgtable_64_types.h: sizes that the memmap of a block depends on. */
import { PAGE_SIZE } from '../../../../../base/pfn.js';
import type { Kernel } from '../../../../base/kernel.js';
import { pageblock_nr_pages } from '../../../../include/mmzone.js';

/** Sizes that decide it. Bytes, but for the pages of a pageblock and of a memory block. */
export interface MemmapGeometry {
  readonly page_size: number;
  readonly struct_page: number;
  /** What one entry of the middle page table maps. */
  readonly pmd_size: number;
  readonly pageblock_nr_pages: number;
  readonly block_nr_pages: number;
}

/**
 * Those of x86-64.
 * @kernel arch/x86/include/asm/pgtable_64_types.h v6.12 custom: constants there, here a function
 *   that a patch can replace
 */
export function memmap_geometry(k: Kernel): MemmapGeometry {
  return {
    page_size: PAGE_SIZE, struct_page: 64, pmd_size: 2 * 1024 * 1024, pageblock_nr_pages,
    block_nr_pages: k.machine.pages_per_block,
  };
}
