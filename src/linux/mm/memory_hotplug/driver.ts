/** mm/memory_hotplug.c: what drivers that manage memory call to add and remove it. */
import { underDeviceLock } from '../../base/under_lock.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL } from '../../include/errno.js';
import { ZONE_MOVABLE, type MemoryBlock, type OnlineType } from '../../include/mmzone.js';

/** Whole memory blocks, in pages. */
export interface PfnRange {
  readonly start_pfn: number;
  readonly nr_pages: number;
}

/** How each block was online that was taken offline. */
export type OnlineTypes = Map<MemoryBlock, OnlineType>;

/**
 * Takes the range in /proc/iomem under the driver's name, then adds it; its blocks go online as
 * `online_type` says.
 * @returns 0 or a negative errno; -EEXIST when something is there already
 * @kernel mm/memory_hotplug.c v7.3 reduced: the resource has no name
 */
export function* __add_memory_driver_managed(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, flags: number,
  online_type: OnlineType,
): Preempt<number> {
  return yield* underDeviceLock(k, function* (): Preempt<number> {
    const refused = k.register_memory_resource(start_pfn, nr_pages);
    if (refused !== 0) return refused;
    const error = yield* k.add_memory_resource(nid, start_pfn, nr_pages, flags, online_type);
    if (error < 0) k.release_mem_region_adjustable(start_pfn, nr_pages);
    return error;
  });
}

/** As the kernel does by default. @returns as above @kernel mm/memory_hotplug.c v7.3 full */
export function* add_memory_driver_managed(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, flags: number,
): Preempt<number> {
  const type = k.mhp_parameters().default_online_type;
  return yield* k.__add_memory_driver_managed(nid, start_pfn, nr_pages, flags, type);
}

/**
 * One block goes offline; `types` remembers how it was online, by its zone.
 * @returns 0, also when it was offline already, or a negative errno
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function* try_offline_memory_block(
  k: Kernel, block: MemoryBlock, types: OnlineTypes,
): Preempt<number> {
  const online = k.pfn_to_online_page(block.start_pfn);
  const movable = online && k.page_zone(block.start_pfn)?.index === ZONE_MOVABLE;
  const result = yield* k.device_offline(block);
  if (result === 0) types.set(block, movable ? 'online_movable' : 'online_kernel');
  return Math.min(result, 0);
}

/** A block that was taken offline is online again. @kernel mm/memory_hotplug.c v7.3 full */
export function* try_reonline_memory_block(
  k: Kernel, block: MemoryBlock, types: OnlineTypes,
): Preempt<void> {
  const type = types.get(block);
  const result = type === undefined ? 0 : yield* k.device_online(block, type);
  if (result < 0) k.pr_warn(`try_reonline_memory_block: Failed to re-online memory: ${result}`);
}

function blocksOf(k: Kernel, ranges: readonly PfnRange[]): MemoryBlock[] {
  const blocks: MemoryBlock[] = [];
  for (const { start_pfn, nr_pages } of ranges) {
    k.walk_memory_blocks(start_pfn, nr_pages, (block) => blocks.push(block) < 0);
  }
  return blocks;
}

/** All blocks offline, then all ranges removed; a range that stays after all is an error. */
function* offlineAndRemove(k: Kernel, ranges: readonly PfnRange[]): Preempt<number> {
  const types: OnlineTypes = new Map();
  const blocks = blocksOf(k, ranges);
  let error = 0;
  for (const block of blocks) {
    error = yield* k.try_offline_memory_block(block, types);
    if (error !== 0) break;
  }
  for (const { start_pfn, nr_pages } of error === 0 ? ranges : []) {
    const result = yield* k.try_remove_memory(start_pfn, nr_pages);
    if (result === 0) continue;
    if (k.config.unplugs_ranges) k.WARN('offline_and_remove_memory_ranges', `${result}`);
    else {
      k.pr_err(`offline_and_remove_memory: Failed to remove memory: ${result}`);
      error = result;
    }
  }
  if (error === 0) return 0;
  for (const block of blocks) yield* k.try_reonline_memory_block(block, types);
  return error;
}

/**
 * Takes the blocks of all ranges offline, then removes them: all, or none, and then what was online
 * is again.
 * @returns 0 or a negative errno
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function* offline_and_remove_memory_ranges(
  k: Kernel, ranges: readonly PfnRange[],
): Preempt<number> {
  const size = k.machine.pages_per_block;
  const isWhole = ({ start_pfn, nr_pages }: PfnRange): boolean =>
    start_pfn % size === 0 && nr_pages % size === 0 && nr_pages > 0;
  if (ranges.length === 0 || !ranges.every(isWhole)) return -EINVAL;
  return yield* underDeviceLock(k, () => offlineAndRemove(k, ranges));
}

/**
 * Takes the blocks of a range offline and removes it; on a failure what was online is again.
 * @returns 0 or a negative errno
 * @kernel mm/memory_hotplug.c v7.3 full; up to v7.2 with a body of its own
 */
export function* offline_and_remove_memory(
  k: Kernel, start_pfn: number, nr_pages: number,
): Preempt<number> {
  const { pages_per_block } = k.machine;
  if (k.config.unplugs_blocks === 'one' && nr_pages !== pages_per_block) return -EINVAL;
  return yield* k.offline_and_remove_memory_ranges([{ start_pfn, nr_pages }]);
}
