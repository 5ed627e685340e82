/** mm/memory_hotplug.c: the lock that spans and present pages change under. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { waitUntil } from '../../base/wait.js';

/**
 * Waits for mem_hotplug_lock, to write. When its holder died with it, whoever asks hangs: a fault.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function* mem_hotplug_begin(k: Kernel): Preempt<void> {
  yield* waitUntil(k, 'mem_hotplug_lock',
    () => k.state.mem_hotplug_lock !== 'held' && k.state.mem_hotplug_readers === 0);
  if (k.state.mem_hotplug_lock === 'lost') {
    k.hang('mem_hotplug_begin', 'the task that holds mem_hotplug_lock is dead');
  }
  k.state.mem_hotplug_lock = 'held';
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function mem_hotplug_done(k: Kernel): void {
  k.state.mem_hotplug_lock = 'free';
}

/**
 * Memory stays online until put_online_mems(). When the task that changes it died with the lock,
 * whoever asks hangs: a fault.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function* get_online_mems(k: Kernel): Preempt<void> {
  yield* waitUntil(k, 'mem_hotplug_lock', () => k.state.mem_hotplug_lock !== 'held');
  if (k.state.mem_hotplug_lock === 'lost') {
    k.hang('get_online_mems', 'the task that holds mem_hotplug_lock is dead');
  }
  k.state.mem_hotplug_readers += 1;
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function put_online_mems(k: Kernel): void {
  k.state.mem_hotplug_readers -= 1;
}
