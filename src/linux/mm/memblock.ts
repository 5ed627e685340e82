/** mm/memblock.c: the list of memory and of what is reserved, before there is an allocator. */
import { PAGE_SIZE, pfnDown, pfnUp, roundDown, roundUp } from '../../base/pfn.js';
import type { MemblockRegion, MemPfnRange, ReservedRegion } from '../base/boot_state.js';
import type { Kernel } from '../base/kernel.js';
import { NUMA_NO_NODE } from '../include/mmzone.js';

/** Adds memory. @kernel mm/memblock.c v6.12 full */
export function memblock_add(k: Kernel, start: number, end: number): void {
  k.memblock_add_node(start, end, NUMA_NO_NODE);
}

/** Adds memory of a node; regions that touch and are alike become one.
 * @kernel mm/memblock.c v6.12 full */
export function memblock_add_node(k: Kernel, start: number, end: number, nid: number): void {
  const { boot } = k.state;
  const region = { start, end, nid, hotplug: false };
  boot.memory = merged([...boot.memory, region].sort((a, b) => a.start - b.start));
}

function merged(regions: readonly MemblockRegion[]): MemblockRegion[] {
  const result: MemblockRegion[] = [];
  for (const region of regions) {
    const last = result.at(-1);
    const alike = last?.nid === region.nid && last.hotplug === region.hotplug;
    if (last !== undefined && alike && last.end >= region.start) {
      last.end = Math.max(last.end, region.end);
    } else result.push({ ...region });
  }
  return result;
}

/** Drops the parts of pages. @kernel mm/memblock.c v6.12 full */
export function memblock_trim_memory(k: Kernel): void {
  k.state.boot.memory = k.state.boot.memory
    .map((region) => ({
      ...region, start: roundUp(region.start, PAGE_SIZE), end: roundDown(region.end, PAGE_SIZE),
    }))
    .filter((region) => region.start < region.end);
}

/** Changes the regions in [start, end), which are split at its borders. */
function changed(
  k: Kernel, start: number, end: number, change: (region: MemblockRegion) => MemblockRegion,
): void {
  const { boot } = k.state;
  boot.memory = merged(boot.memory.flatMap((region) => {
    const low = Math.max(region.start, start);
    const high = Math.min(region.end, end);
    if (low >= high) return [region];
    const parts = [{ ...region, end: low }, change({ ...region, start: low, end: high }),
      { ...region, start: high }];
    return parts.filter((part) => part.start < part.end);
  }));
}

/** @kernel mm/memblock.c v6.12 full */
export function memblock_set_node(k: Kernel, start: number, end: number, nid: number): void {
  changed(k, start, end, (region) => ({ ...region, nid }));
}

/** @kernel mm/memblock.c v6.12 full */
export function memblock_mark_hotplug(k: Kernel, start: number, end: number): void {
  changed(k, start, end, (region) => ({ ...region, hotplug: true }));
}

/** @kernel mm/memblock.c v6.12 full */
export function memblock_clear_hotplug(k: Kernel, start: number, end: number): void {
  changed(k, start, end, (region) => ({ ...region, hotplug: false }));
}

/** @kernel mm/memblock.c v6.12 full */
export function memblock_reserve(k: Kernel, start: number, end: number): void {
  const result: { start: number; end: number }[] = [];
  const all = [...k.state.boot.reserved, { start, end }].sort((a, b) => a.start - b.start);
  for (const region of all) {
    const last = result.at(-1);
    if (last !== undefined && last.end >= region.start) last.end = Math.max(last.end, region.end);
    else result.push({ ...region });
  }
  k.state.boot.reserved = result;
}

/** @kernel mm/memblock.c v6.12 full */
export function memblock_overlaps_region(k: Kernel, start: number, end: number): boolean {
  return k.state.boot.memory.some((region) => region.start < end && region.end > start);
}

/** Whole pages of memory, ascending, of one node or (undefined) of all.
 * @kernel include/linux/memblock.h v6.12 custom: a list, where the kernel has a loop macro */
export function for_each_mem_pfn_range(k: Kernel, nid: number | undefined): MemPfnRange[] {
  return k.state.boot.memory
    .filter((region) => nid === undefined || region.nid === nid)
    .map((region) => ({
      start_pfn: pfnUp(region.start), end_pfn: pfnDown(region.end), nid: region.nid,
    }))
    .filter((range) => range.start_pfn < range.end_pfn);
}

/** Memory that is not reserved, bytes, ascending.
 * @kernel mm/memblock.c v6.12 custom: a list, where the kernel has a loop macro */
export function for_each_free_mem_range(k: Kernel): ReservedRegion[] {
  const free: ReservedRegion[] = [];
  for (const region of k.state.boot.memory) {
    let start = region.start;
    for (const reserved of k.state.boot.reserved) {
      if (reserved.end <= start || reserved.start >= region.end) continue;
      if (reserved.start > start) free.push({ start, end: reserved.start });
      start = reserved.end;
    }
    if (start < region.end) free.push({ start, end: region.end });
  }
  return free;
}

/** Pages of a node's memory in the range. @kernel mm/mm_init.c v6.12 custom: not the absent ones */
export function present_pages_in_range(
  k: Kernel, nid: number, start_pfn: number, end_pfn: number,
): number {
  return k.for_each_mem_pfn_range(nid).reduce((pages, range) => pages + Math.max(0,
    Math.min(range.end_pfn, end_pfn) - Math.max(range.start_pfn, start_pfn)), 0);
}

/** Node of a page by memblock; a page without memory counts as the first online node's.
 * @kernel mm/mm_init.c v6.12 full */
export function early_pfn_to_nid(k: Kernel, pfn: number): number {
  const nid = k.__early_pfn_to_nid(pfn);
  return nid === NUMA_NO_NODE ? k.first_online_node() : nid;
}

/** Node of a page by memblock, NUMA_NO_NODE without memory. @kernel mm/mm_init.c v6.12 full */
export function __early_pfn_to_nid(k: Kernel, pfn: number): number {
  const { memory } = k.state.boot;
  let low = 0;
  let high = memory.length;
  while (low < high) {
    const mid = Math.floor((low + high) / 2);
    const region = memory[mid];
    if (region !== undefined && pfnDown(region.end) <= pfn) low = mid + 1;
    else high = mid;
  }
  const region = memory[low];
  return region !== undefined && pfnUp(region.start) <= pfn ? region.nid : NUMA_NO_NODE;
}

/** @kernel include/linux/nodemask.h v6.12 full */
export function first_online_node(k: Kernel): number {
  return Math.min(...k.state.node_states.online);
}
