/** Locks that tasks sleep on: kernel/locking, and the read side of mem_hotplug_lock. */
import type { Kernel, Preempt } from '../base/kernel.js';
import type { LockName } from '../include/mmzone.js';
import { waitUntil } from '../base/wait.js';

/** @kernel kernel/locking/mutex.c v6.12 reduced: whoever runs first after an unlock gets it */
export function* mutex_lock(k: Kernel, name: LockName): Preempt<void> {
  const lock = k.state.locks[name];
  yield* waitUntil(k, name, () => !lock.held && lock.readers === 0);
  lock.held = true;
}

/** @kernel kernel/locking/mutex.c v6.12 full */
export function mutex_unlock(k: Kernel, name: LockName): void {
  k.state.locks[name].held = false;
}

/** @kernel kernel/locking/rwsem.c v6.12 reduced: readers do not wait behind a writer that waits */
export function* down_read(k: Kernel, name: LockName): Preempt<void> {
  const lock = k.state.locks[name];
  yield* waitUntil(k, name, () => !lock.held);
  lock.readers += 1;
}

/** @kernel kernel/locking/rwsem.c v6.12 full */
export function up_read(k: Kernel, name: LockName): void {
  k.state.locks[name].readers -= 1;
}

/**
 * Memory stays online until put_online_mems(). When the task that changes it died with the lock,
 * whoever asks hangs: a fault.
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function* get_online_mems(k: Kernel): Preempt<void> {
  yield* waitUntil(k, 'mem_hotplug_lock', () => k.state.mem_hotplug_lock !== 'held');
  if (k.state.mem_hotplug_lock === 'lost') {
    k.hang('get_online_mems', 'the task that holds mem_hotplug_lock is dead');
  }
  k.state.mem_hotplug_readers += 1;
}

/** @kernel mm/memory_hotplug.c v6.12 full */
export function put_online_mems(k: Kernel): void {
  k.state.mem_hotplug_readers -= 1;
}

/** The task that runs was sent a signal. @kernel include/linux/sched/signal.h v6.12 full */
export function signal_pending(k: Kernel): boolean {
  return k.state.signalled.has(k.state.current);
}
