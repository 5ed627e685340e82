/** drivers/base/memory.c: what is written to the state file of a block. */
import type { Kernel, Preempt } from '../../../base/kernel.js';
import type { OnlineType, MemoryBlock } from '../../../include/mmzone.js';
import { underDeviceLock, underStateLock } from '../../../base/under_lock.js';
import { EINVAL } from '../../../include/errno.js';

const onlineTypes: readonly OnlineType[] = ['offline', 'online', 'online_kernel', 'online_movable'];

/** The word of sysfs as an online type. @kernel drivers/base/memory.c v7.3 full */
export function mhp_online_type_from_str(_k: Kernel, text: string): OnlineType | undefined {
  return onlineTypes.find((type) => type === text);
}

/**
 * A word is written to the `state` of a memory block.
 * @returns 0 or a negative errno: -EINVAL also when the block is in that state already
 * @kernel drivers/base/memory.c v7.3 full
 */
export function* state_store(k: Kernel, block: MemoryBlock, word: string): Preempt<number> {
  const type = k.mhp_online_type_from_str(word);
  if (type === undefined) return -EINVAL;
  const result = yield* underDeviceLock(k, () => underStateLock(k, () => type === 'offline'
    ? k.device_offline(block)
    : k.device_online(block, type)));
  return result > 0 ? -EINVAL : result;
}
