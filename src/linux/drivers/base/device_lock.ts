import type { Kernel, Preempt } from '../../base/kernel.js';
import { KernelBug } from '../../base/fault.js';

/** Runs the steps under device_hotplug_lock; a task that dies in them takes the lock along. */
export function* underDeviceLock<T>(k: Kernel, steps: () => Preempt<T>): Preempt<T> {
  yield* k.lock_device_hotplug();
  try {
    const result = yield* steps();
    k.unlock_device_hotplug();
    return result;
  } catch (error) {
    if (error instanceof KernelBug) k.state.device_hotplug_lock = 'lost';
    throw error;
  }
}
