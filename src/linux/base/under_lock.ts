/** Steps under the locks of hotplug; a task that dies in them takes the lock along. */
import type { Kernel, Preempt } from './kernel.js';
import { KernelBug } from './fault.js';

function* under<T>(
  k: Kernel, lock: 'mem_hotplug_lock' | 'device_hotplug_lock', unlock: () => void,
  steps: () => Preempt<T>,
): Preempt<T> {
  try {
    const result = yield* steps();
    unlock();
    return result;
  } catch (error) {
    if (error instanceof KernelBug) k.state[lock] = 'lost';
    throw error;
  }
}

/** Runs the steps with mem_hotplug_lock held. */
export function* underHotplugLock<T>(k: Kernel, steps: () => Preempt<T>): Preempt<T> {
  yield* k.mem_hotplug_begin();
  return yield* under(k, 'mem_hotplug_lock', () => k.mem_hotplug_done(), steps);
}

/** What of online_pages() and offline_pages() is under the lock from v5.0 to v6.6. */
export function* underPagesLock<T>(k: Kernel, steps: () => Preempt<T>): Preempt<T> {
  return yield* k.config.hotplug_lock === 'pages' ? underHotplugLock(k, steps) : steps();
}

/** What of a block's change is under the lock up to v4.19: all that its state file asks for. */
export function* underStateLock<T>(k: Kernel, steps: () => Preempt<T>): Preempt<T> {
  return yield* k.config.hotplug_lock === 'state' ? underHotplugLock(k, steps) : steps();
}

/** Runs the steps with device_hotplug_lock held. */
export function* underDeviceLock<T>(k: Kernel, steps: () => Preempt<T>): Preempt<T> {
  yield* k.lock_device_hotplug();
  return yield* under(k, 'device_hotplug_lock', () => k.unlock_device_hotplug(), steps);
}
