/** mm/page_alloc.c: emptying the per-cpu page lists. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import type { Zone } from '../../include/mmzone.js';
import { waitUntil } from '../../base/wait.js';

/**
 * CPUs whose lists a drain will empty. Without `force_all_cpus` those whose count reads as 0 are
 * passed over, and nothing keeps the count from changing meanwhile.
 * @kernel mm/page_alloc.c v6.12 custom: the mask that __drain_all_pages() builds
 */
export function cpus_with_pcps(
  k: Kernel, zone: Zone | undefined, force_all_cpus: boolean,
): number[] {
  const { pages } = k.state;
  const cpus = k.for_each_online_cpu();
  if (force_all_cpus || pages === undefined) return cpus;
  return cpus.filter((cpu) => pages.pcpCount(zone, cpu) > 0);
}

/**
 * The worker of a CPU does what was queued for it: it empties the lists of its own CPU.
 * @kernel mm/page_alloc.c v5.19 full
 */
export function drain_local_pages_wq(k: Kernel, cpu: number): void {
  const { drain_work, costs } = k.state;
  if (drain_work?.cpus.includes(cpu) !== true) return;
  const { zone, cpus } = drain_work;
  k.state.drain_work = { zone, cpus: cpus.filter((one) => one !== cpu) };
  costs.drain_work_items += 1;
  k.drain_pages_zone(cpu, k.config.worker_drains === 'zone' ? zone : undefined);
}

/**
 * A CPU that is about to change its list is waited for, if it is among those to be drained.
 * @kernel mm/page_alloc.c v7.3 reduced: each CPU is one step, as its list's lock (or its worker)
 *   is; workers run in the order of CPUs, unless a schedule has one run before
 */
export function* __drain_all_pages(
  k: Kernel, zone: Zone | undefined, force_all_cpus: boolean,
): Preempt<void> {
  // Whoever drains all zones leaves it to the drain that is under way.
  if (zone === undefined && k.state.locks.pcpu_drain_mutex.held) return;
  yield* k.mutex_lock('pcpu_drain_mutex');
  k.state.costs.drains += 1;
  const cpus = k.cpus_with_pcps(zone, force_all_cpus);
  const { state } = k;
  const { drain_remotely } = k.config;
  if (!drain_remotely) state.drain_work = { zone, cpus };
  const isDone = (cpu: number): boolean => state.drain_work?.cpus.includes(cpu) === false;
  for (const cpu of cpus) {
    yield 'drain_pages_zone';
    // A worker needs the CPU, whatever zone the lists are of that it is changing.
    const busy = drain_remotely ? zone : undefined;
    // A list that reads as empty is passed over without its lock, up to v6.10: whoever holds the
    // lock may have filled it, and not counted what came.
    const passes = drain_remotely && k.config.drain_counts === 'unlocked' &&
      state.pages?.pcpCount(zone, cpu) === 0;
    const isBusy = (): boolean => state.pages?.isPcpBusy(busy, cpu) === true;
    if (!passes) yield* waitUntil(k, 'pcp_lock', () => isDone(cpu) || !isBusy());
    if (drain_remotely) k.drain_pages_zone(cpu, zone);
    else k.drain_local_pages_wq(cpu);
  }
  state.drain_work = undefined;
  k.mutex_unlock('pcpu_drain_mutex');
}

/** @kernel mm/page_alloc.c v7.3 full */
export function* drain_all_pages(k: Kernel, zone: Zone | undefined): Preempt<void> {
  yield 'drain_all_pages';
  yield* k.__drain_all_pages(zone, false);
}
