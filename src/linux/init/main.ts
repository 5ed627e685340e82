/** init/main.c, arch/x86/kernel/setup.c: the order in which the memory of x86-64 comes to life. */
import { PAGE_SIZE, roundDown } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';

/** What the BIOS keeps at the end of low memory, bytes. */
const BIOS_START_MAX = 0x9f000;
const BIOS_END = 0x100000;

/**
 * Boots the machine until user space starts.
 * @kernel init/main.c v6.12 reduced: what is not memory is left out
 */
export function start_kernel(k: Kernel): void {
  k.setup_arch();
  k.set_memmap_mode();
  k.build_all_zonelists(undefined);
  k.memblock_free_all();
  k.setup_per_cpu_pageset();
  k.page_alloc_init_late();
  for (const cpu of k.for_each_online_cpu()) k.setup_pcp_cacheinfo(cpu);
  k.do_basic_setup();
  k.free_initmem();
  k.state.system_state = 'running';
}

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

/** Bytes of the code that other CPUs start with; what Debian's 5.10 counts as reserved tells it. */
const REAL_MODE_SIZE = 6 * PAGE_SIZE;

/**
 * The real mode trampoline: at the end of low memory, or (movable_node: memblock searches upwards)
 * in the part of it that is reserved as a whole.
 * @kernel arch/x86/realmode/init.c v5.10 full
 */
export function reserve_real_mode(k: Kernel): void {
  if (k.mhp_parameters().movable_node) return;
  const free = k.for_each_free_mem_range()
    .map(({ start, end }) => ({ start, end: Math.min(end, BIOS_END) }))
    .findLast(({ start, end }) => roundDown(end - REAL_MODE_SIZE, PAGE_SIZE) >= start);
  if (free === undefined) return;
  const start = roundDown(free.end - REAL_MODE_SIZE, PAGE_SIZE);
  k.memblock_reserve(start, start + REAL_MODE_SIZE);
}

/** All struct pages are initialised: zones without a gap are found.
 * @kernel mm/mm_init.c v6.12 reduced: deferred pages were initialised before */
export function page_alloc_init_late(k: Kernel): void {
  for (const zone of k.for_each_populated_zone()) k.set_zone_contiguous(zone);
}

/** Initcalls, in their order. @kernel init/main.c v6.12 reduced: those of memory */
export function do_basic_setup(k: Kernel): void {
  k.init_cpu_node_state();
  k.memory_block_size_bytes();
  k.memory_dev_init();
  k.node_dev_init();
  k.init_per_zone_wmark_min();
  k.hugepage_init();
  k.hugetlb_init();
  k.kcompactd_init();
  k.kswapd_init();
}

/** CPUs make their nodes N_CPU. @kernel mm/vmstat.c v6.12 full */
export function init_cpu_node_state(k: Kernel): void {
  for (const nid of k.state.cpu_to_node.values()) k.state.node_states.cpu.add(nid);
}

/** Machines from here on, in bytes, have blocks of more than 128 MiB. */
const MEM_SIZE_FOR_LARGE_BLOCK = 64 * 2 ** 30;
const MIN_MEMORY_BLOCK_SIZE = 128 * 2 ** 20;
const MAX_BLOCK_SIZE = 2 * 2 ** 30;

/** Bytes in a memory block; who asks first finds it out.
 * @kernel arch/x86/mm/init_64.c v6.12 full */
export function memory_block_size_bytes(k: Kernel): number {
  k.state.boot.memory_block_size ??= k.probe_memory_block_size();
  return k.state.boot.memory_block_size;
}

/**
 * Bytes in a memory block, and the line that tells them.
 * @kernel arch/x86/mm/init_64.c v6.12 reduced: a large machine is taken to be virtual, unless
 * the size of its blocks says that it is not
 */
export function probe_memory_block_size(k: Kernel): number {
  const end = k.state.boot.max_pfn * PAGE_SIZE;
  const sized = k.machine.pages_per_block * PAGE_SIZE;
  let size = MIN_MEMORY_BLOCK_SIZE;
  if (end >= MEM_SIZE_FOR_LARGE_BLOCK) {
    size = MAX_BLOCK_SIZE;
    const virtual = sized !== MAX_BLOCK_SIZE;
    while (virtual && size > MIN_MEMORY_BLOCK_SIZE && end % size !== 0) size /= 2;
  }
  k.pr_info(`x86/mm: Memory block size: ${size / 2 ** 20}MB`);
  return size;
}
