/** mm/memory_hotplug.c: a range becomes "System RAM". */
import { PAGE_SIZE } from '../../../base/pfn.js';
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
 * The range becomes "System RAM".
 * @returns 0; -E2BIG when it ends behind `mem=`; -EEXIST when some of it is that already
 * @kernel mm/memory_hotplug.c v7.3 reduced: other resources are not known
 */
export function register_memory_resource(
  k: Kernel, start_pfn: number, nr_pages: number,
): number {
  const ram = k.state.system_ram;
  const start = start_pfn * PAGE_SIZE;
  const end = start + nr_pages * PAGE_SIZE;
  if (!withinMemParameter(k, end)) return -E2BIG;
  if (ram.some((range) => range.start < end && range.end > start)) return -EEXIST;
  ram.push({ start, end });
  ram.sort((a, b) => a.start - b.start);
  return 0;
}
