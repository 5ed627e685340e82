/** arch/x86/mm/init.c: zones of x86-64. */
import { PAGE_SIZE } from '../../../../base/pfn.js';
import type { Kernel } from '../../../base/kernel.js';
import { hasZone } from '../../../include/mmzone/zone_type.js';
import { MAX_NR_ZONES, ZONE_DMA, ZONE_DMA32, ZONE_NORMAL } from '../../../include/mmzone.js';

/** First pages above 16 MiB and 4 GiB. */
const MAX_DMA_PFN = 0x1000;
const MAX_DMA32_PFN = 0x100000;

/** Architectural zone limits. @kernel arch/x86/mm/init.c v6.12 full */
export function zone_sizes_init(k: Kernel): void {
  const { max_pfn } = k.state.boot;
  const max_zone_pfns = new Array<number>(MAX_NR_ZONES).fill(0);
  if (hasZone(k, ZONE_DMA)) max_zone_pfns[ZONE_DMA] = Math.min(MAX_DMA_PFN, max_pfn);
  max_zone_pfns[ZONE_DMA32] = Math.min(MAX_DMA32_PFN, max_pfn);
  max_zone_pfns[ZONE_NORMAL] = max_pfn;
  k.free_area_init(max_zone_pfns);
}

/** Pages of the DMA zone's memory that are reserved by now: as the kernel told, or by the ranges
 * that are known. @kernel arch/x86/mm/init.c v6.1 full */
export function memblock_find_dma_reserve(k: Kernel): void {
  const limit = MAX_DMA_PFN * PAGE_SIZE;
  const total = k.for_each_mem_pfn_range(undefined).reduce((pages, range) =>
    pages + Math.min(range.end_pfn, MAX_DMA_PFN) - Math.min(range.start_pfn, MAX_DMA_PFN), 0);
  const free = k.for_each_free_mem_range().reduce((pages, range) => {
    const start = Math.ceil(Math.min(range.start, limit) / PAGE_SIZE);
    const end = Math.floor(Math.min(range.end, limit) / PAGE_SIZE);
    return pages + Math.max(0, end - start);
  }, 0);
  k.state.boot.dma_reserve = k.machine.dma_reserve ?? total - free;
}
