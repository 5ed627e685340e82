/** The clock of the modelled machine: it follows the rows, and timers expire between them. */
import type { Kernel } from '../linux/base/kernel.js';

const SECOND = 1e9;

/** So long time goes on behind the last row while a call has not come to its end, ns. */
const AFTER_LAST_ROW = 600 * SECOND;

/** Work of drivers, which a thread of the kernel does. */
export const WORKER = 'kworker';

function nextTimer(k: Kernel): number {
  let next = Infinity;
  for (const { expires_ns = Infinity } of k.state.timers) next = Math.min(next, expires_ns);
  return next;
}

/** Never back: rows of several CPUs can be out of order. */
export function setClock(k: Kernel, now_ns: number): void {
  k.state.now_ns = Math.max(k.state.now_ns, now_ns);
}

/** Timers expire one after the other up to `until_ns`; `goOn` lets run who waited for that. */
export function passTime(k: Kernel, until_ns: number, goOn: () => void): void {
  for (let next = nextTimer(k); next <= until_ns; next = nextTimer(k)) {
    setClock(k, next);
    k.hrtimer_run_queues();
    goOn();
  }
  setClock(k, until_ns);
  // A worker had time enough.
  k.wait_for_freed_hugetlb_folios();
}

/**
 * Behind the last row: as long as `isOpen`, time goes on to the next timer, or second by second
 * when somebody asks for the time.
 */
export function runOut(k: Kernel, isOpen: () => boolean, goOn: () => void): void {
  const end = k.state.now_ns + AFTER_LAST_ROW;
  for (let asked = 0; isOpen();) {
    const reads = k.state.clock_reads;
    const next = Math.min(nextTimer(k), reads > asked ? k.state.now_ns + SECOND : Infinity);
    if (next > end) return;
    asked = reads;
    passTime(k, next, goOn);
    // Nobody asked again: only a timer can help.
    goOn();
  }
}

/** Work of a driver is queued, and nobody is at it. */
export function hasWork(k: Kernel): boolean {
  return k.state.virtio_mem_devices.some(
    ({ work_queued, wq_active }) => work_queued && !wq_active);
}
