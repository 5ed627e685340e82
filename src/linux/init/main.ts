/** init/main.c: the order in which the memory of x86-64 comes to life. */
import { PAGE_SIZE, roundDown, pfnDown, roundUp } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';
import type { Zone } from '../include/mmzone.js';

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
  k.bringup_nonboot_cpus();
  for (const cpu of k.for_each_online_cpu()) k.setup_pcp_cacheinfo(cpu);
  k.do_basic_setup();
  k.free_initmem();
  k.state.system_state = 'running';
  k.do_sysctl_args();
}

/** Initcalls, in their order. @kernel init/main.c v6.12 reduced: those of memory */
export function do_basic_setup(k: Kernel): void {
  k.init_cpu_node_state();
  k.memory_block_size_bytes();
  k.memory_dev_init();
  k.node_dev_init();
  k.init_per_zone_wmark_min();
  free_smp_locks(k);
  k.hugetlb_init();
  k.hugepage_init();
  k.kcompactd_init();
  k.kswapd_init();
}

/** What free_smp_locks() frees (v7.1 and v7.2, an arch_initcall): part of the kernel image. */
function free_smp_locks(k: Kernel): void {
  const pages = k.machine.freed_smp_locks ?? 0;
  const zone = k.for_each_populated_zone().find((one) => hasPage(k, one, KERNEL_PFN));
  if (zone === undefined || pages === 0) return;
  k.adjust_managed_page_count(zone, pages);
  k.free_zone_pages(zone, pages);
}

/** Where the initrd lies: the reserved range in RAM that is as large as what was freed. */
function initrdPfn(k: Kernel): number | undefined {
  const pages = k.machine.freed_initrd ?? 0;
  return k.machine.reserved
    .map(({ start, end }) => ({ start: roundDown(start, PAGE_SIZE), end: roundUp(end, PAGE_SIZE) }))
    .filter(({ start, end }) => (end - start) / PAGE_SIZE === pages)
    .map(({ start }) => pfnDown(start))
    .find((pfn) => k.__early_pfn_to_nid(pfn) >= 0);
}

/** The kernel image, when it is where the loader puts it by default: at 16 MiB. */
const KERNEL_PFN = 0x1000;

function hasPage(k: Kernel, zone: Zone, pfn: number): boolean {
  return k.early_pfn_to_nid(pfn) === zone.nid && k.zone_spans_pfn(zone, pfn);
}

/** Pages of the zone that are freed after the first watermarks were computed: struct pages of huge
 * pages, the initrd, then what the kernel image needed at boot only.
 * @kernel init/main.c v6.12 custom: a sum */
export function freed_late(k: Kernel, zone: Zone): number {
  const initrd = k.machine.freed_initrd ?? 0;
  const image = k.machine.freed_after_wmarks - initrd;
  return (hasPage(k, zone, KERNEL_PFN) ? image : 0) +
    (hasPage(k, zone, initrdPfn(k) ?? KERNEL_PFN) ? initrd : 0) +
    k.vmemmap_freed_pages(k.boot_huge_pages(zone));
}

/** The initrd, initmem and the gaps of the kernel image go to the buddy allocator.
 * @kernel init/main.c v7.3 reduced: page by page there */
export function free_initmem(k: Kernel): void {
  for (const zone of k.for_each_populated_zone()) {
    const locks = hasPage(k, zone, KERNEL_PFN) ? k.machine.freed_smp_locks ?? 0 : 0;
    const memmap = k.vmemmap_freed_pages(k.boot_huge_pages(zone));
    const pages = k.freed_late(zone) - locks - memmap;
    k.adjust_managed_page_count(zone, pages);
    k.free_zone_pages(zone, pages);
  }
  const initrd = initrdPfn(k);
  if (initrd === undefined || k.machine.freed_initrd === undefined) return;
  for (const { start, end, content } of k.state.memmap.runs(
    initrd, initrd + k.machine.freed_initrd)) {
    if (content.kind === 'init') k.state.memmap.set(start, end, { ...content, reserved: false });
  }
}
