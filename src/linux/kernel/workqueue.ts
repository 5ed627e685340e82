/** kernel/workqueue.c: work that a driver has put off. */
import type { Kernel, Preempt } from '../base/kernel.js';

/**
 * Runs the queued work of the devices, also what it queues again; work that runs already is queued
 * until it has ended.
 * @kernel kernel/workqueue.c v6.12 custom: whoever comes by is the worker, which knows the work of
 *   virtio-mem only
 */
export function* process_one_work(k: Kernel): Preempt<void> {
  for (;;) {
    const vm = k.state.virtio_mem_devices.find(
      ({ work_queued, wq_active }) => work_queued && !wq_active);
    if (vm === undefined) return;
    vm.work_queued = false;
    yield 'virtio_mem_run_wq';
    yield* k.virtio_mem_run_wq(vm);
  }
}
