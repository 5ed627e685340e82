/** kernel/workqueue.c: work that a driver has put off. */
import type { Kernel, Preempt } from '../base/kernel.js';

/**
 * Runs the queued work of the devices, also what it queues again.
 * @kernel kernel/workqueue.c v6.12 custom: one worker, which knows the work of this driver only
 */
export function* process_one_work(k: Kernel): Preempt<void> {
  for (;;) {
    const vm = k.state.virtio_mem_devices.find((one) => one.work_queued);
    if (vm === undefined) return;
    vm.work_queued = false;
    yield 'virtio_mem_run_wq';
    yield* k.virtio_mem_run_wq(vm);
  }
}
