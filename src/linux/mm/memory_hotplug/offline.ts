/** mm/memory_hotplug.c: a range of pages goes offline. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINTR, EINVAL, ENOENT } from '../../include/errno.js';
import {
  PAGES_PER_SECTION, pageblock_nr_pages, type MemoryGroup, type NotifierArg, type Zone,
} from '../../include/mmzone.js';
import { mightSleep } from '../../base/wait.js';
import { tellNode } from './node_chain.js';
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
    const ret = yield* mightSleep(k.test_pages_isolated(start_pfn, end_pfn));
    if (ret === 0) return undefined;
    k.state.costs.failed_tests += 1;
  }
}

/** Where blocks with holes can go offline, only System RAM of the range was ever counted. */
function pages_counted(k: Kernel, start_pfn: number, nr_pages: number): number {
  return k.config.refuse_holes ? nr_pages : k.walk_system_ram_range(start_pfn, nr_pages);
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
  tellNode(k, 'NODE_REMOVED_LAST_MEMORY', arg);
}

/** The range stays: it is no longer isolated, and who was told hears so. */
function* cancel(
  k: Kernel, start_pfn: number, end_pfn: number, arg: NotifierArg,
): Preempt<void> {
  const { cancel_after_undo } = k.config;
  if (!cancel_after_undo) yield* mightSleep(k.memory_notify('MEM_CANCEL_OFFLINE', arg));
  yield* mightSleep(k.undo_isolate_page_range(start_pfn, end_pfn, 'Movable'));
  if (cancel_after_undo) yield* mightSleep(k.memory_notify('MEM_CANCEL_OFFLINE', arg));
  tellNode(k, 'NODE_CANCEL_REMOVING_LAST_MEMORY', arg);
}

/** The sections are offline, and their free pages are the buddy allocator's no more. */
function* take_out(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, isolated: number,
): Preempt<number> {
  const end_pfn = start_pfn + nr_pages;
  const managed = yield* mightSleep(k.__offline_isolated_pages(start_pfn, end_pfn));
  const line = `Offlined Pages ${pages_counted(k, start_pfn, nr_pages)}`;
  if (k.config.offlined_pages_info) k.pr_info(line);
  else k.pr_debug(line);
  // Nobody looks at these pageblocks any more; going online puts the count right again.
  const pageblocks = isolated > 0 ? isolated * pageblock_nr_pages : nr_pages;
  if (k.config.offline_isolation_end === 'count') k.count_isolated(zone, start_pfn, -pageblocks);
  else k.undo_isolate_page_range(start_pfn, end_pfn, 'Movable');
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
 * Older versions: offline_before_5_13.ts.
 * @kernel mm/memory_hotplug.c v7.3 reduced: no writeback limit
 */
export function* offline_pages(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
): Preempt<number> {
  if (!k.online_range_aligned(start_pfn, nr_pages)) {
    k.WARN('offline_pages', 'range is not aligned');
    return -EINVAL;
  }
  const steps = () => offline_range(k, start_pfn, nr_pages, zone, group);
  return yield* k.config.hotplug_lock === 'pages' ? underHotplugLock(k, steps) : steps();
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
    k.lru_cache_enable();
    if ('reason' in outcome) yield 'zone_pcp_enable';
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
