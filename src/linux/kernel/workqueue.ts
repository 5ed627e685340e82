/** kernel/workqueue.c: work that a driver has put off. */
import type { Kernel, Preempt } from '../base/kernel.js';
import type { VirtioMem } from '../drivers/virtio/virtio_mem/device.js';

/**
 * Runs the queued work of the devices, or of this one, also what it queues again; work that runs
 * already is queued until it has ended.
 * @kernel kernel/workqueue.c v6.12 custom: whoever comes by is the worker, which knows the work of
 *   virtio-mem only
 */
export function* process_one_work(k: Kernel, only?: VirtioMem): Preempt<void> {
  for (;;) {
    const vm = k.state.virtio_mem_devices.find(
      (one) => one.work_queued && !one.wq_active && (only === undefined || one === only));
    if (vm === undefined) return;
    vm.work_queued = false;
    yield 'virtio_mem_run_wq';
    yield* k.virtio_mem_run_wq(vm);
  }
}
