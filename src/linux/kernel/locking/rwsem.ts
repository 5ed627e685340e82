/** kernel/locking/rwsem.c: locks that readers share. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import type { LockName } from '../../include/mmzone.js';
import { waitUntil } from '../../base/wait.js';

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
