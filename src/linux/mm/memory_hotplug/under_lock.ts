import type { Kernel, Preempt } from '../../base/kernel.js';
import { KernelBug } from '../../base/fault.js';

/** Runs the steps with mem_hotplug_lock held; a task that dies in them takes the lock along. */
export function* underHotplugLock<T>(k: Kernel, steps: () => Preempt<T>): Preempt<T> {
  yield* k.mem_hotplug_begin();
  try {
    const result = yield* steps();
    k.mem_hotplug_done();
    return result;
  } catch (error) {
    if (error instanceof KernelBug) k.state.mem_hotplug_lock = 'lost';
    throw error;
  }
}

/** What of online_pages() and offline_pages() is under the lock up to v6.6; later their callers. */
export function* underPagesLock<T>(k: Kernel, steps: () => Preempt<T>): Preempt<T> {
  return yield* k.config.hotplug_lock === 'pages' ? underHotplugLock(k, steps) : steps();
}
