/** drivers/base/core.c: a memory block as a device that goes online and offline. */
import { underDeviceLock } from './device_lock.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL } from '../../include/errno.js';
import type { MemoryBlock, OnlineType } from '../../include/mmzone.js';
import { waitUntil } from '../../base/wait.js';

/**
 * Waits for the lock that all hotplug of devices is done under. When its holder died with it,
 * whoever asks for it hangs: a fault.
 * @kernel drivers/base/core.c v6.12 full
 */
export function* lock_device_hotplug(k: Kernel): Preempt<void> {
  yield* waitUntil(k, 'device_hotplug_lock', () => k.state.device_hotplug_lock !== 'held');
  if (k.state.device_hotplug_lock === 'lost') {
    k.hang('lock_device_hotplug', 'the task that holds device_hotplug_lock is dead');
  }
  k.state.device_hotplug_lock = 'held';
}

/** @kernel drivers/base/core.c v6.12 full */
export function unlock_device_hotplug(k: Kernel): void {
  k.state.device_hotplug_lock = 'free';
}

/** @returns 0, 1 when it was online already, or a negative errno
 * @kernel drivers/base/core.c v6.12 full */
export function* device_online(
  k: Kernel, block: MemoryBlock, online_type: OnlineType,
): Preempt<number> {
  if (block.state !== 'offline') return 1;
  return yield* k.memory_subsys_online(block, online_type);
}

/** @returns 0, 1 when it was offline already, or a negative errno
 * @kernel drivers/base/core.c v6.12 full */
export function* device_offline(k: Kernel, block: MemoryBlock): Preempt<number> {
  if (block.state === 'offline') return 1;
  return yield* k.memory_subsys_offline(block);
}

/**
 * A word is written to the `state` of a memory block.
 * @returns 0 or a negative errno: -EINVAL also when the block is in that state already
 * @kernel drivers/base/memory.c v6.12 full
 */
export function* state_store(k: Kernel, block: MemoryBlock, word: string): Preempt<number> {
  const type = k.mhp_online_type_from_str(word);
  if (type === undefined) return -EINVAL;
  const result = yield* underDeviceLock(k, () => type === 'offline'
    ? k.device_offline(block)
    : k.device_online(block, type));
  return result > 0 ? -EINVAL : result;
}
