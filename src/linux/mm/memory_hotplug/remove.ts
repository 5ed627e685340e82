/** mm/memory_hotplug.c: memory is removed, and its node when nothing is left on it. */
import { at } from '../../../base/assert.js';
import { PAGE_SIZE, hex } from '../../../base/pfn.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY, EINVAL } from '../../include/errno.js';
import { NUMA_NO_NODE, type MemoryBlock, type VmemAltmap } from '../../include/mmzone.js';
import { underDeviceLock, underHotplugLock } from '../../base/under_lock.js';

/** @kernel mm/memory_hotplug.c v7.3 full */
export function __remove_pages(
  k: Kernel, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): void {
  if (k.config.spans_shrink_at === 'removal') {
    k.__remove_pages_and_zone(start_pfn, nr_pages);
    return;
  }
  const section = k.machine.pages_per_section;
  const end = start_pfn + nr_pages;
  for (let pfn = start_pfn; pfn < end;) {
    const pages = Math.min(section - pfn % section, end - pfn);
    k.sparse_remove_section(pfn, pages, altmap);
    pfn += pages;
  }
}

/**
 * @returns -EBUSY while a present CPU is on the node
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function check_cpu_on_node(k: Kernel, nid: number): number {
  return [...k.state.cpu_to_node.values()].includes(nid) ? -EBUSY : 0;
}

/**
 * The node goes offline when no memory and no CPU is left on it.
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function try_offline_node(k: Kernel, nid: number): void {
  // A range is spanned from the time it is first given to a zone, also device memory.
  if (at(k.state.nodes, nid).node_spanned_pages > 0) return;
  // Blocks that were never onlined are spanned by no node, yet they are linked to one.
  if (k.for_each_memory_block((block) => block.nid === nid)) return;
  if (k.check_cpu_on_node(nid) !== 0) return;
  k.node_set_offline(nid);
  k.unregister_one_node(nid);
}

/** @kernel mm/memory_hotplug.c v6.12 full */
export function remove_memory_blocks_and_altmaps(
  k: Kernel, start_pfn: number, nr_pages: number,
): void {
  const block = k.machine.pages_per_block;
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += block) {
    const found = k.find_memory_block(pfn);
    if (found !== undefined && !k.config.altmap_keeps_block) k.put_device(found);
    const altmap = { base_pfn: pfn, free: found?.nr_vmemmap_pages ?? 0 };
    k.remove_memory_block_devices(pfn, block);
    k.arch_remove_memory(pfn, block, altmap);
  }
}

/**
 * How the blocks of a range hold their memmap: 0 elsewhere, 1 themselves; -EINVAL: mixed.
 * @kernel mm/memory_hotplug.c v7.3 full; with the refusal of v5.13 to v6.7
 */
export function memory_blocks_have_altmaps(
  k: Kernel, start_pfn: number, nr_pages: number,
): number {
  if (k.mhp_parameters().memmap_on_memory === 'N') return 0;
  let altmaps = 0;
  k.walk_memory_blocks(start_pfn, nr_pages, (block) => {
    if (block.nr_vmemmap_pages > 0) altmaps += 1;
    return false;
  });
  if (altmaps === 0) return 0;
  if (k.config.memmap_on_memory !== 'each_block') {
    if (nr_pages === k.machine.pages_per_block) return 1;
    const from = hex(start_pfn * PAGE_SIZE);
    const to = hex((start_pfn + nr_pages) * PAGE_SIZE);
    k.pr_warn(`Refuse to remove ${from} - ${to},wrong granularity`);
    return -EINVAL;
  }
  if (altmaps === nr_pages / k.machine.pages_per_block) return 1;
  k.WARN('memory_blocks_have_altmaps', 'some blocks hold their memmap, others do not');
  return -EINVAL;
}

/** Is a block of the range not offline? The log says which; `seen` is told of those up to it. */
function isOnline(
  k: Kernel, start_pfn: number, nr_pages: number, seen: (block: MemoryBlock) => void,
): boolean {
  return k.walk_memory_blocks(start_pfn, nr_pages, (block) => {
    seen(block);
    if (block.state === 'offline') return false;
    const start = block.start_pfn * PAGE_SIZE;
    const end = start + block.nr_pages * PAGE_SIZE - 1;
    const range = `[${hex(start, 16)}-${hex(end, 16)}]`;
    k.pr_warn(`removing memory fails, because memory ${range} is onlined`);
    return true;
  });
}

/** Blocks, memory, its line in /proc/iomem, perhaps the node. */
function* take_away(
  k: Kernel, start_pfn: number, nr_pages: number, altmaps: boolean, nid: number,
): Preempt<number> {
  if (altmaps) {
    k.remove_memory_blocks_and_altmaps(start_pfn, nr_pages);
  } else {
    k.remove_memory_block_devices(start_pfn, nr_pages);
    k.arch_remove_memory(start_pfn, nr_pages);
  }
  k.release_mem_region_adjustable(start_pfn, nr_pages);
  if (nid !== NUMA_NO_NODE) {
    k.state.costs.node_tests += 1;
    k.try_offline_node(nid);
  }
  return 0;
}

/**
 * Removes memory whose blocks are all offline, then tests the node.
 * @param caller_nid the node that the caller gives, up to v5.14; later versions do not look at it
 * @returns 0 or a negative errno
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function* try_remove_memory(
  k: Kernel, start_pfn: number, nr_pages: number, caller_nid?: number,
): Preempt<number> {
  if (k.check_hotplug_memory_range(start_pfn, nr_pages) !== 0) {
    k.BUG('try_remove_memory', 'range is not aligned to memory blocks');
  }
  let nid = NUMA_NO_NODE;
  if (isOnline(k, start_pfn, nr_pages, (block) => { nid = block.nid; })) return -EBUSY;
  if (k.config.removed_node === 'caller' && caller_nid !== undefined) nid = caller_nid;
  const altmaps = k.memory_blocks_have_altmaps(start_pfn, nr_pages);
  if (altmaps < 0) return altmaps;
  yield 'remove_memory_block_devices';
  return yield* underHotplugLock(k, () => take_away(k, start_pfn, nr_pages, altmaps === 1, nid));
}

/** As its callers in drivers want it: there is nothing left that can fail.
 * @kernel mm/memory_hotplug.c v7.3 full */
export function* __remove_memory(
  k: Kernel, start_pfn: number, nr_pages: number, caller_nid?: number,
): Preempt<void> {
  const error = yield* k.try_remove_memory(start_pfn, nr_pages, caller_nid);
  if (error !== 0) k.BUG('__remove_memory', `removal was refused: ${error}`);
}

/**
 * Removes memory of a driver, when all blocks of it are offline.
 * @returns 0 or a negative errno
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function* remove_memory(k: Kernel, start_pfn: number, nr_pages: number): Preempt<number> {
  return yield* underDeviceLock(k, () => k.try_remove_memory(start_pfn, nr_pages));
}
