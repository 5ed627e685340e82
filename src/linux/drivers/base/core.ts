/** drivers/base/core.c: a device goes online and offline. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import type { MemoryBlock, OnlineType } from '../../include/mmzone.js';
import { waitUntil } from '../../base/wait.js';

/**
 * Waits for the lock that all hotplug of devices is done under. When its holder died with it,
 * whoever asks for it hangs: a fault.
 * @kernel drivers/base/core.c v7.3 full
 */
export function* lock_device_hotplug(k: Kernel): Preempt<void> {
  yield* waitUntil(k, 'device_hotplug_lock', () => k.state.device_hotplug_lock !== 'held');
  if (k.state.device_hotplug_lock === 'lost') {
    k.hang('lock_device_hotplug', 'the task that holds device_hotplug_lock is dead');
  }
  k.state.device_hotplug_lock = 'held';
}

/** @kernel drivers/base/core.c v7.3 full */
export function unlock_device_hotplug(k: Kernel): void {
  k.state.device_hotplug_lock = 'free';
}

/** The directory of a device in sysfs. @returns 0 or a negative errno
 * @kernel drivers/base/core.c v7.3 custom: it always succeeds, unless it is made to fail */
export function device_register(_k: Kernel, _name: string): number {
  return 0;
}

/**
 * `online_type`: what its caller sets the block's to, which outlives the call when it was online
 * already; `offline`: the caller leaves it as it is.
 * @returns 0, 1 when it was online already, or a negative errno
 * @kernel drivers/base/core.c v6.12 reduced: memory blocks only, no event for user space
 */
export function* device_online(
  k: Kernel, block: MemoryBlock, online_type: OnlineType,
): Preempt<number> {
  if (online_type !== 'offline') block.online_type = online_type;
  if (block.state !== 'offline') return 1;
  return yield* k.memory_subsys_online(block, block.online_type);
}

/** @returns 0, 1 when it was offline already, or a negative errno
 * @kernel drivers/base/core.c v6.12 reduced: memory blocks only, no event for user space */
export function* device_offline(k: Kernel, block: MemoryBlock): Preempt<number> {
  if (block.state === 'offline') return 1;
  return yield* k.memory_subsys_offline(block);
}

/**
 * Somebody wants the block to stay in memory, whatever becomes of its device.
 * @kernel drivers/base/core.c v7.3 reduced: memory blocks only; the references counted are those
 *   that find_memory_block() takes
 */
export function get_device(_k: Kernel, block: MemoryBlock): void {
  block.references += 1;
}

/**
 * A reference is given back. A block that was removed meanwhile goes with the last one.
 * @kernel drivers/base/core.c v7.3 reduced: as get_device()
 */
export function put_device(k: Kernel, block: MemoryBlock): void {
  block.references -= 1;
  const { unfreed_blocks } = k.state;
  if (block.references <= 0 && unfreed_blocks.has(block)) unfreed_blocks.delete(block);
}
