/** mm/memory_hotplug.c: what drivers that manage memory call to add and remove it. */
import { underDeviceLock } from '../../drivers/base/device_lock.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL } from '../../include/errno.js';
import { ZONE_MOVABLE, type MemoryBlock, type OnlineType } from '../../include/mmzone.js';

/**
 * Takes the range in /proc/iomem under the driver's name, then adds it.
 * @returns 0 or a negative errno; -EEXIST when something is there already
 * @kernel mm/memory_hotplug.c v7.2 reduced: the resource has no name
 */
export function* add_memory_driver_managed(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, flags: number,
): Preempt<number> {
  return yield* underDeviceLock(k, function* (): Preempt<number> {
    const refused = k.register_memory_resource(start_pfn, nr_pages);
    if (refused !== 0) return refused;
    const error = yield* k.add_memory_resource(nid, start_pfn, nr_pages, flags);
    if (error < 0) k.release_mem_region_adjustable(start_pfn, nr_pages);
    return error;
  });
}

/** How a block that goes offline could be onlined as it was. */
function onlineType(k: Kernel, block: MemoryBlock): OnlineType {
  const online = k.pfn_to_online_page(block.start_pfn);
  return online && k.page_zone(block.start_pfn)?.index === ZONE_MOVABLE
    ? 'online_movable' : 'online_kernel';
}

function* offlineAndRemove(k: Kernel, start_pfn: number, nr_pages: number): Preempt<number> {
  const taken = new Map<MemoryBlock, OnlineType>();
  const blocks: MemoryBlock[] = [];
  k.walk_memory_blocks(start_pfn, nr_pages, (block) => blocks.push(block) < 0);
  let error = 0;
  for (const block of blocks) {
    const type = onlineType(k, block);
    const result = yield* k.device_offline(block);
    if (result === 0) taken.set(block, type);
    error = Math.min(result, 0);
    if (error !== 0) break;
  }
  if (error === 0) {
    error = yield* k.try_remove_memory(start_pfn, nr_pages);
    if (error === 0) return 0;
    k.pr_err(`offline_and_remove_memory: Failed to remove memory: ${error}`);
  }
  for (const [block, type] of taken) {
    const result = yield* k.device_online(block, type);
    if (result >= 0) continue;
    k.pr_warn(`try_reonline_memory_block: Failed to re-online memory: ${result}`);
  }
  return error;
}

/**
 * Takes the blocks of a range offline and removes it; on a failure what was online is again.
 * @returns 0 or a negative errno
 * @kernel mm/memory_hotplug.c v7.2 full
 */
export function* offline_and_remove_memory(
  k: Kernel, start_pfn: number, nr_pages: number,
): Preempt<number> {
  const size = k.machine.pages_per_block;
  if (start_pfn % size !== 0 || nr_pages % size !== 0 || nr_pages === 0) return -EINVAL;
  return yield* underDeviceLock(k, () => offlineAndRemove(k, start_pfn, nr_pages));
}
