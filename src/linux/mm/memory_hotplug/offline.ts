/** mm/memory_hotplug.c: a range of pages goes offline. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import {
  EINTR, EINVAL, ENOENT, PAGES_PER_SECTION,
  type MemoryGroup, type NotifierArg, type Zone,
} from '../../include/mmzone.js';
import { underHotplugLock } from './under_lock.js';

/** A result below 0 with the word that the kernel logs for it. */
interface Refusal {
  readonly error: number;
  readonly reason: string;
}

/** Pages between two looks of test_pages_in_a_zone(): the largest block of the buddy allocator. */
const MAX_ORDER_NR_PAGES = 1024;

/**
 * The zone of the range by the first page of each 4 MiB; undefined: several, or none. From v5.1 on
 * a page that the zone found so far does not span is not read.
 * @kernel mm/memory_hotplug.c v5.17 reduced: a memmap that names no zone ends it, no oops
 */
export function test_pages_in_a_zone(
  k: Kernel, start_pfn: number, end_pfn: number,
): Zone | undefined {
  let zone: Zone | undefined;
  for (let pfn = start_pfn; pfn < end_pfn; pfn += MAX_ORDER_NR_PAGES) {
    if (!k.state.sections.present(Math.floor(pfn / PAGES_PER_SECTION))) continue;
    const spans = zone === undefined || k.zone_spans_pfn(zone, pfn);
    if (k.config.zone_test_spans && !spans) return undefined;
    const found = k.page_zone(pfn);
    if (found === undefined || (zone !== undefined && zone !== found)) return undefined;
    zone = found;
  }
  return zone;
}

/** What is wrong with the range before anything was changed. */
function refused(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone,
): Refusal | undefined {
  if (k.config.refuse_holes && k.walk_system_ram_range(start_pfn, nr_pages) !== nr_pages) {
    return { error: -EINVAL, reason: 'memory holes' };
  }
  const end = start_pfn + nr_pages;
  const multizone = { error: -EINVAL, reason: 'multizone range' };
  if (!k.config.memory_block_zone) {
    return k.test_pages_in_a_zone(start_pfn, end) === zone ? undefined : multizone;
  }
  if (k.page_zone(start_pfn) === zone && k.page_zone(end - 1) === zone) return undefined;
  k.WARN('offline_pages', 'range is not in one zone');
  return multizone;
}

/** Moves pages away until none is left; undefined when the range holds free pages only. */
function* empty(
  k: Kernel, start_pfn: number, end_pfn: number, zone: Zone,
): Preempt<Refusal | undefined> {
  const { config } = k;
  if (config.offline_drain_before_loop) yield* k.drain_all_pages(zone);
  for (;;) {
    if (config.offline_drain_each_outer_pass) yield* k.drain_all_pages(zone);
    let pfn = start_pfn;
    for (;;) {
      if (k.signal_pending()) return { error: -EINTR, reason: 'signal backoff' };
      yield 'cond_resched';
      if (config.lru_drain_each_pass) yield* k.lru_add_drain_all();
      if (config.offline_drain_each_pass) yield* k.drain_all_pages(zone);
      pfn = k.scan_movable_pages(pfn, end_pfn);
      if (pfn < 0) break;
      yield* k.do_migrate_range(pfn, end_pfn);
    }
    if (pfn !== -ENOENT) return { error: pfn, reason: 'unmovable page' };
    const error = yield* k.dissolve_free_hugetlb_folios(start_pfn, end_pfn);
    if (error !== 0) return { error, reason: 'failure to dissolve huge pages' };
    if (k.test_pages_isolated(start_pfn, end_pfn) === 0) return undefined;
    k.state.costs.failed_tests += 1;
    if (config.offline_drain_after_failed_test) yield* k.drain_all_pages(zone);
  }
}

/** The pages leave the buddy allocator and the counters; the zone may leave the zonelists. */
function unaccount(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
  arg: NotifierArg, managed: number,
): void {
  const { config } = k;
  k.adjust_managed_page_count(zone, config.offline_managed === 'managed' ? -managed : -nr_pages);
  k.adjust_present_page_count(zone, group, -nr_pages, start_pfn);
  k.init_per_zone_wmark_min();
  // A node that is still in N_MEMORY now is listed once more, in an order that nobody can use.
  if (config.clear_node_before_rebuild) k.node_states_clear_node(zone.nid, arg);
  if (!k.populated_zone(zone)) {
    k.zone_pcp_reset(zone);
    k.build_all_zonelists(undefined);
  } else if (config.zone_pcp_update !== 'never') {
    k.zone_pcp_update(zone, 0);
  }
  if (!config.clear_node_before_rebuild) k.node_states_clear_node(zone.nid, arg);
  if (arg.status_change_nid < 0) return;
  k.kcompactd_stop(zone.nid);
  k.kswapd_stop(zone.nid);
}

/** The range stays: it is no longer isolated, and who was told hears so. */
function cancel(k: Kernel, start_pfn: number, end_pfn: number, arg: NotifierArg): void {
  const { cancel_after_undo } = k.config;
  if (!cancel_after_undo) k.memory_notify('MEM_CANCEL_OFFLINE', arg);
  k.undo_isolate_page_range(start_pfn, end_pfn, 'Movable');
  if (cancel_after_undo) k.memory_notify('MEM_CANCEL_OFFLINE', arg);
}

/** The range is isolated: announce, empty, take out. On a refusal isolation is undone. */
function* take_offline(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone,
): Preempt<Refusal | { readonly arg: NotifierArg; readonly managed: number }> {
  const end_pfn = start_pfn + nr_pages;
  const arg = k.node_states_check_changes_offline(start_pfn, nr_pages, zone);
  yield 'memory_notify';
  const vetoed = k.memory_notify('MEM_GOING_OFFLINE', arg);
  const refusal = vetoed !== 0
    ? { error: vetoed, reason: 'notifier failure' }
    : yield* empty(k, start_pfn, end_pfn, zone);
  if (refusal !== undefined) {
    cancel(k, start_pfn, end_pfn, arg);
    return refusal;
  }
  const managed = k.__offline_isolated_pages(start_pfn, end_pfn);
  const line = `Offlined Pages ${nr_pages}`;
  if (k.config.offlined_pages_info) k.pr_info(line);
  else k.pr_debug(line);
  // Nobody looks at these pageblocks any more; going online puts the count right again.
  if (k.config.offline_isolation_end === 'count') k.count_isolated(zone, start_pfn, -nr_pages);
  else k.undo_isolate_page_range(start_pfn, end_pfn, 'Movable');
  return { arg, managed };
}

/** Isolates the range and takes it offline, per-cpu lists and LRU caches off meanwhile. */
function* isolate_and_take(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone,
): Preempt<Refusal | { readonly arg: NotifierArg; readonly managed: number }> {
  const { offline_pcp_disable, lru_drain_each_pass } = k.config;
  if (offline_pcp_disable) yield* k.zone_pcp_disable(zone);
  if (!lru_drain_each_pass) yield* k.lru_cache_disable();
  // The lock of memory hotplug can take a while to get, and nothing else is waited for before.
  else if (k.state.pages?.outside?.moves === true) yield 'start_isolate_page_range';
  const end_pfn = start_pfn + nr_pages;
  const error = yield* k.start_isolate_page_range(start_pfn, end_pfn, 'Movable');
  const outcome = error < 0
    ? { error, reason: 'failure to isolate range' }
    : yield* take_offline(k, start_pfn, nr_pages, zone);
  if (offline_pcp_disable) k.zone_pcp_enable(zone);
  return outcome;
}

/**
 * @kernel mm/memory_hotplug.c v6.12 reduced: no writeback limit
 */
export function* offline_pages(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
): Preempt<number> {
  if (!k.online_range_aligned(start_pfn, nr_pages)) {
    k.WARN('offline_pages', 'range is not aligned');
    return -EINVAL;
  }
  const steps = () => leave(k, start_pfn, nr_pages, zone, group);
  return yield* k.config.hotplug_lock === 'pages' ? underHotplugLock(k, steps) : steps();
}

/** The range is emptied, taken out of the counters, and leaves the zone. */
function* leave(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
): Preempt<number> {
  const outcome = refused(k, start_pfn, nr_pages, zone) ??
    (yield* isolate_and_take(k, start_pfn, nr_pages, zone));
  if ('reason' in outcome) {
    const range = k.mem_range_text(start_pfn, nr_pages);
    k.pr_debug(`memory offlining ${range} failed due to ${outcome.reason}`);
    return outcome.error;
  }
  yield* k.wait_pcp_batch_high_lock();
  unaccount(k, start_pfn, nr_pages, zone, group, outcome.arg, outcome.managed);
  k.memory_notify('MEM_OFFLINE', outcome.arg);
  k.remove_pfn_range_from_zone(zone, start_pfn, nr_pages);
  return 0;
}
