/** mm/memory_hotplug.c: a range of pages goes offline. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINTR, EINVAL, ENOENT } from '../../include/errno.js';
import type { MemoryGroup, NotifierArg, Zone } from '../../include/mmzone.js';
import { mightSleep } from '../../base/wait.js';
import { tellNode } from './node_chain.js';
import {
  cancel, end_isolation, leave_zonelists, managed_before, pages_counted, refused, tell_offlined,
  type Refusal,
} from './offline_by_version.js';
import { changedPieces } from '../../base/system_ram.js';
import { underPagesLock } from '../../base/under_lock.js';

function* allIsolated(k: Kernel, start_pfn: number, end_pfn: number): Preempt<boolean> {
  for (const piece of changedPieces(k, start_pfn, end_pfn - start_pfn)) {
    const ret = yield* mightSleep(k.test_pages_isolated(piece.start_pfn, piece.end_pfn));
    if (ret !== 0) return false;
  }
  return true;
}

/**
 * The loop: pages are moved away until none is left and all are free. Historically any signal ends
 * it, and it cannot be limited to fatal ones.
 */
function* empty(
  k: Kernel, start_pfn: number, end_pfn: number,
): Preempt<Refusal | undefined> {
  for (;;) {
    let pfn = start_pfn;
    do {
      if (k.signal_pending()) return { error: -EINTR, reason: 'signal backoff' };
      yield* k.cond_resched();
      pfn = yield* mightSleep(k.scan_movable_pages(pfn, end_pfn));
      if (pfn >= 0) yield* k.do_migrate_range(pfn, end_pfn);
    } while (pfn >= 0);
    if (pfn !== -ENOENT) return { error: pfn, reason: 'unmovable page' };
    // Free huge pages go before the range does, so that the counts of hugetlbfs stay right.
    const error = yield* k.dissolve_free_hugetlb_folios(start_pfn, end_pfn);
    if (error !== 0) return { error, reason: 'failure to dissolve huge pages' };
    if (yield* allIsolated(k, start_pfn, end_pfn)) return undefined;
    k.state.costs.failed_tests += 1;
  }
}

/** The pages leave the buddy allocator and the counters; the zone may leave the zonelists. */
function unaccount(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
  arg: NotifierArg, managed: number,
): void {
  const own = k.state.pages?.zonePages(zone);
  if (own !== undefined) own.nr_leaving = 0;
  k.adjust_managed_page_count(zone, -managed_before(k, nr_pages, managed));
  k.adjust_present_page_count(zone, group, -nr_pages, start_pfn);
  k.init_per_zone_wmark_min();
  leave_zonelists(k, zone, arg);
  if (arg.status_change_nid < 0) return;
  k.kcompactd_stop(zone.nid);
  k.kswapd_stop(zone.nid);
  tellNode(k, 'NODE_REMOVED_LAST_MEMORY', arg);
}

/** The sections are offline, and their free pages are the buddy allocator's no more. */
function* take_out(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, isolated: number,
): Preempt<number> {
  const own = k.state.pages?.zonePages(zone);
  const before = own?.imbalance() ?? 0;
  let managed = 0;
  for (const piece of changedPieces(k, start_pfn, nr_pages)) {
    managed += yield* mightSleep(k.__offline_isolated_pages(piece.start_pfn, piece.end_pfn));
  }
  // Until they are counted off, others allocate and free in a zone that has fewer than it says.
  if (own !== undefined) own.nr_leaving = before - own.imbalance();
  tell_offlined(k, pages_counted(k, start_pfn, nr_pages));
  end_isolation(k, start_pfn, nr_pages, zone, isolated);
  return managed;
}

/** Who watches nodes and memory is told, and can refuse. */
function* refused_by_notifier(k: Kernel, arg: NotifierArg): Preempt<Refusal | undefined> {
  const node = tellNode(k, 'NODE_REMOVING_LAST_MEMORY', arg);
  if (node !== 0) return { error: node, reason: 'node notifier failure' };
  const vetoed = yield* mightSleep(k.memory_notify('MEM_GOING_OFFLINE', arg));
  return vetoed === 0 ? undefined : { error: vetoed, reason: 'notifier failure' };
}

/** Isolates the range and empties it; what was managed of it, or why it stays as it is. */
function* isolate_and_empty(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone,
): Preempt<Refusal | { readonly arg: NotifierArg; readonly managed: number }> {
  const end_pfn = start_pfn + nr_pages;
  // Where this counts (v5.1 to v5.9), pageblocks of sections that are not there are left out.
  const isolated = yield* k.start_isolate_page_range(start_pfn, end_pfn, 'Movable');
  if (isolated < 0) return { error: isolated, reason: 'failure to isolate range' };
  const arg = k.node_states_check_changes_offline(start_pfn, nr_pages, zone);
  yield 'memory_notify';
  const refusal = (yield* refused_by_notifier(k, arg)) ?? (yield* empty(k, start_pfn, end_pfn));
  if (refusal === undefined) {
    return { arg, managed: yield* take_out(k, start_pfn, nr_pages, zone, isolated) };
  }
  yield* cancel(k, start_pfn, end_pfn, arg);
  return refusal;
}

/**
 * What a patch changes inside here it changes in what offline_pages() is made of in this file, too.
 * Older versions: offline_by_version.ts, offline_before_5_13.ts.
 * @kernel mm/memory_hotplug.c v7.3 reduced: no writeback limit
 */
export function* offline_pages(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
): Preempt<number> {
  if (!k.online_range_aligned(start_pfn, nr_pages)) {
    k.WARN('offline_pages', 'range is not aligned');
    return -EINVAL;
  }
  return yield* underPagesLock(k, () => offline_range(k, start_pfn, nr_pages, zone, group));
}

/** The range is emptied, taken out of the counters, and leaves the zone. */
function* offline_range(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
): Preempt<number> {
  let outcome: Refusal | { readonly arg: NotifierArg; readonly managed: number } | undefined =
    refused(k, start_pfn, nr_pages, zone);
  if (outcome === undefined) {
    // Pages that are freed meanwhile must not come to rest on a per-cpu list.
    yield* k.zone_pcp_disable(zone);
    yield* k.lru_cache_disable();
    outcome = yield* isolate_and_empty(k, start_pfn, nr_pages, zone);
    if (!('reason' in outcome) || k.config.lru_cache_enabled_again) k.lru_cache_enable();
    // Others free meanwhile, past the lists.
    yield 'zone_pcp_enable';
    yield* mightSleep(k.zone_pcp_enable(zone));
  }
  if ('reason' in outcome) {
    const range = k.mem_range_text(start_pfn, nr_pages);
    k.pr_debug(`memory offlining ${range} failed due to ${outcome.reason}`);
    return outcome.error;
  }
  yield* k.wait_pcp_batch_high_lock();
  const counted = pages_counted(k, start_pfn, nr_pages);
  unaccount(k, start_pfn, counted, zone, group, outcome.arg, outcome.managed);
  yield* mightSleep(k.memory_notify('MEM_OFFLINE', outcome.arg));
  k.remove_pfn_range_from_zone(zone, start_pfn, nr_pages);
  return 0;
}
