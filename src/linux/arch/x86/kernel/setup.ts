/** arch/x86/kernel/setup.c: firmware map, memblock, nodes, zones, struct pages. */
import { PAGE_SIZE } from '../../../../base/pfn.js';
import type { Kernel } from '../../../base/kernel.js';
import { E820_RAM, E820_RESERVED } from '../../../base/machine.js';

/** Bytes that the BIOS has. */
const BIOS_BEGIN = 0xa0000;
const BIOS_END = 0x100000;

/** Page 0 and 640K - 1M are the BIOS's. @kernel arch/x86/kernel/setup.c v6.12 full */
export function trim_bios_range(k: Kernel): void {
  k.e820__range_update(0, PAGE_SIZE, E820_RAM, E820_RESERVED);
  k.e820__range_remove(BIOS_BEGIN, BIOS_END, E820_RAM);
  k.e820__update_table();
}

/** What the BIOS keeps at the end of low memory, bytes. */
const BIOS_START_MAX = 0x9f000;

/** Firmware map, memblock, nodes, zones, struct pages.
 * @kernel arch/x86/kernel/setup.c v6.12 reduced: memory only */
export function setup_arch(k: Kernel): void {
  k.early_reserve_memory();
  k.e820__memory_setup();
  k.trim_bios_range();
  k.state.boot.max_pfn = k.e820__end_of_ram_pfn();
  k.e820__memblock_setup();
  k.reserve_real_mode();
  k.x86_numa_init();
  if (k.config.memmap_pages_estimated) k.memblock_find_dma_reserve();
  k.e820__reserve_resources();
  k.sparse_init();
  k.zone_sizes_init();
  k.init_cpu_to_node();
}

/** What must not be allocated, as far as the machine tells.
 * @kernel arch/x86/kernel/setup.c v6.12 reduced: the kernel image is not known */
export function early_reserve_memory(k: Kernel): void {
  k.memblock_reserve(0, k.config.reserved_low);
  k.memblock_reserve(BIOS_START_MAX, BIOS_END);
  for (const { start, end } of k.machine.reserved) k.memblock_reserve(start, end);
}
