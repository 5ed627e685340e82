/** kernel/locking/mutex.c: locks that tasks sleep on. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import type { LockName } from '../../include/mmzone.js';
import { waitUntil } from '../../base/wait.js';

/** @kernel kernel/locking/mutex.c v7.3 reduced: whoever runs first after an unlock gets it */
export function* mutex_lock(k: Kernel, name: LockName): Preempt<void> {
  const lock = k.state.locks[name];
  yield* waitUntil(k, name, () => !lock.held && lock.readers === 0);
  lock.held = true;
}

/** @kernel kernel/locking/mutex.c v7.3 full */
export function mutex_unlock(k: Kernel, name: LockName): void {
  k.state.locks[name].held = false;
}
