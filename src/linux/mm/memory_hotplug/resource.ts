/** mm/memory_hotplug.c: a range becomes "System RAM". */
import { firstEndingBehind } from '../../../base/first_index.js';
import { PAGE_SIZE, hex } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { E2BIG, EEXIST } from '../../include/errno.js';

/** May memory end here (bytes)? `mem=` bounds what is added from v5.1 on, from v5.7 at boot. */
function withinMemParameter(k: Kernel, end: number): boolean {
  const { mem_param_limits } = k.config;
  if (mem_param_limits === 'ram') return true;
  if (mem_param_limits === 'added_at_boot' && k.state.system_state === 'running') return true;
  return end <= k.state.boot.max_mem_size;
}

/**
 * 2^MAX_PHYSMEM_BITS bytes: more with five levels of page tables, which a machine has whose
 * firmware knows of memory up there.
 */
function physmemEnd(k: Kernel): number {
  const four = 2 ** 46;
  const { e820, srat } = k.machine;
  return [...e820, ...srat].some(({ end }) => end > four) ? 2 ** 52 : four;
}

/** Bytes; the end is the last one, as in the kernel's struct range. */
interface PhysRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What the platform can map: everything, on x86-64.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function arch_get_mappable_range(_k: Kernel): PhysRange {
  return { start: 0, end: Number.MAX_SAFE_INTEGER };
}

/**
 * Where memory can be added; `need_mapping`: the kernel wants to map it, too.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function mhp_get_pluggable_range(k: Kernel, need_mapping: boolean): PhysRange {
  const end = physmemEnd(k) - 1;
  if (!need_mapping) return { start: 0, end };
  const mappable = k.arch_get_mappable_range();
  if (mappable.start > end) return { start: 0, end: 0 };
  return { start: mappable.start, end: Math.min(mappable.end, end) };
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function mhp_range_allowed(
  k: Kernel, start_pfn: number, nr_pages: number, need_mapping: boolean,
): boolean {
  const start = start_pfn * PAGE_SIZE;
  const end = start + nr_pages * PAGE_SIZE;
  const range = k.mhp_get_pluggable_range(need_mapping);
  if (start < end && start >= range.start && end - 1 <= range.end) return true;
  k.pr_warn(`Hotplug memory [${hex(start)}-${hex(end)}] exceeds maximum addressable range ` +
    `[${hex(range.start)}-${hex(range.end)}]`);
  return false;
}

/**
 * Called by __add_pages(): 0, or -E2BIG behind the last address that there can be. Up to v5.4 there
 * is no such test, and the section is looked up behind the end of mem_section[].
 * @kernel mm/memory_hotplug.c v5.11 full
 */
export function check_hotplug_memory_addressable(
  k: Kernel, start_pfn: number, nr_pages: number,
): number {
  const last = (start_pfn + nr_pages) * PAGE_SIZE - 1;
  const { end } = k.mhp_get_pluggable_range(false);
  if (last <= end || k.config.pluggable_range === 'resource') return 0;
  if (k.config.pluggable_range === 'unchecked') {
    k.oops(
      'sparse_index_init', `the section of ${hex(last)} is behind the end of mem_section[]`);
  }
  k.WARN('check_hotplug_memory_addressable', 'Hotplugged memory exceeds maximum addressable ' +
    `address, range=${hex(start_pfn * PAGE_SIZE)}-${hex(last)}`);
  return -E2BIG;
}

/**
 * The range becomes "System RAM".
 * @returns 0; -E2BIG when it ends behind `mem=` or where memory can be; -EEXIST when some of it is
 *   that already
 * @kernel mm/memory_hotplug.c v7.3 reduced: other resources are not known
 */
export function register_memory_resource(
  k: Kernel, start_pfn: number, nr_pages: number,
): number {
  const ram = k.state.system_ram;
  const start = start_pfn * PAGE_SIZE;
  const end = start + nr_pages * PAGE_SIZE;
  const checked = k.config.pluggable_range === 'resource';
  if (checked && !k.mhp_range_allowed(start_pfn, nr_pages, true)) return -E2BIG;
  if (!withinMemParameter(k, end)) return -E2BIG;
  const at = firstEndingBehind(ram, start);
  if ((ram[at]?.start ?? Infinity) < end) return -EEXIST;
  ram.splice(at, 0, { start, end });
  return 0;
}
