/** mm/memblock.c: the list of memory and of what is reserved, before there is an allocator. */
import { PAGE_SIZE, pfnDown, pfnUp, roundDown, roundUp } from '../../base/pfn.js';
import type { MemblockRegion, ReservedRegion } from '../base/boot_state.js';
import type { Kernel } from '../base/kernel.js';
import { NUMA_NO_NODE, type Zone } from '../include/mmzone.js';
import { intoZone } from '../base/zone_range.js';

/** Adds memory. @kernel mm/memblock.c v7.3 full */
export function memblock_add(k: Kernel, start: number, end: number): void {
  k.memblock_add_node(start, end, NUMA_NO_NODE);
}

/** Adds memory of a node; regions that touch and are alike become one.
 * @kernel mm/memblock.c v7.3 full */
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

/** Drops the parts of pages. @kernel mm/memblock.c v7.3 full */
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

/** @kernel mm/memblock.c v7.3 full */
export function memblock_set_node(k: Kernel, start: number, end: number, nid: number): void {
  changed(k, start, end, (region) => ({ ...region, nid }));
}

/** @kernel mm/memblock.c v7.3 full */
export function memblock_mark_hotplug(k: Kernel, start: number, end: number): void {
  changed(k, start, end, (region) => ({ ...region, hotplug: true }));
}

/** @kernel mm/memblock.c v7.3 full */
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

/** A range is no longer reserved. @kernel mm/memblock.c v7.3 full */
export function memblock_phys_free(k: Kernel, start: number, end: number): void {
  k.state.boot.reserved = k.state.boot.reserved.flatMap((region) => [
    { start: region.start, end: Math.min(region.end, start) },
    { start: Math.max(region.start, end), end: region.end },
  ].filter((left) => left.start < left.end));
}

/** @kernel mm/memblock.c v7.3 full */
export function memblock_overlaps_region(k: Kernel, start: number, end: number): boolean {
  return k.state.boot.memory.some((region) => region.start < end && region.end > start);
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

/** First page of memory, in pages. @kernel mm/memblock.c v7.3 full */
export function memblock_start_of_DRAM(k: Kernel): number {
  return Math.floor((k.state.boot.memory[0]?.start ?? 0) / PAGE_SIZE);
}

/**
 * What memblock has reserved becomes PG_reserved.
 * @kernel mm/memblock.c v6.12 reduced: no NOMAP and no NOINIT regions on x86
 */
export function memmap_init_reserved_pages(k: Kernel): void {
  for (const { start, end } of k.state.boot.reserved) {
    k.reserve_bootmem_region(pfnDown(start), pfnUp(end));
  }
}

/**
 * All memory that is not reserved goes to the buddy allocator.
 * @kernel mm/memblock.c v6.12 custom: managed pages are those that the machine names, if it does,
 * because what else the kernel reserved early is not known
 */
export function memblock_free_all(k: Kernel): void {
  k.memmap_init_reserved_pages();
  const free = k.for_each_free_mem_range()
    .map(({ start, end }) => ({ start: pfnUp(start), end: pfnDown(end) }));
  for (const pgdat of k.state.nodes) {
    for (const zone of pgdat.node_zones) {
      const known = k.machine.managed_at_boot
        .find((one) => one.nid === zone.nid && one.zone === zone.index);
      const pages = known?.pages ?? k.free_pages_of_zone(zone, free);
      zone.managed_pages = pages - k.freed_late(zone);
      zone.nr_free_pages = zone.managed_pages;
    }
  }
}

/** Pages of free memory that are the zone's. @kernel mm/memblock.c v6.12 custom: a sum */
export function free_pages_of_zone(
  k: Kernel, zone: Zone, free: readonly { start: number; end: number }[],
): number {
  if (zone.present_pages === 0) return 0;
  return k.for_each_mem_pfn_range(zone.nid).reduce((pages, range) => {
    const low = intoZone(k, range.start_pfn, zone);
    const high = intoZone(k, range.end_pfn, zone);
    return free.reduce((sum, one) =>
      sum + Math.max(0, Math.min(one.end, high) - Math.max(one.start, low)), pages);
  }, 0);
}

/** What nodes may leave uncovered: 1 MiB, pages. */
const UNCOVERED_PAGES = 256;

/** Do the nodes have nearly all memory? memblock_validate_numa_coverage() since v6.8.
 * @kernel mm/memblock.c v6.12 full */
export function numa_meminfo_cover_memory(k: Kernel): boolean {
  const pages = (nid: number | undefined): number => k.for_each_mem_pfn_range(nid)
    .reduce((sum, range) => sum + range.end_pfn - range.start_pfn, 0);
  const lost = pages(NUMA_NO_NODE);
  const by_memblock = k.config.numa_coverage_by === 'memblock';
  if (by_memblock ? lost <= UNCOVERED_PAGES : lost < UNCOVERED_PAGES) return true;
  const megabytes = (count: number): number => Math.floor(count / 256);
  const all = pages(undefined);
  k.pr_err(by_memblock
    ? `NUMA: no nodes coverage for ${megabytes(lost)}MB of ${megabytes(all)}MB RAM`
    : `NUMA: nodes only cover ${megabytes(all - lost)}MB of your ${megabytes(all)}MB e820 RAM. ` +
      'Not used.');
  return false;
}
