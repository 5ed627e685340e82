/**
 * mm/memory_hotplug.c: the parts of offline_pages() that versions have each in their own way. Each
 * gives what the newest does first.
 */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL } from '../../include/errno.js';
import { pageblock_nr_pages, type NotifierArg, type Zone } from '../../include/mmzone.js';
import { changedPieces, pagesOf } from '../../base/system_ram.js';
import { mightSleep } from '../../base/wait.js';
import { tellNode } from './node_chain.js';

/** A result below 0 with the word that the kernel logs for it. */
export interface Refusal {
  readonly error: number;
  readonly reason: string;
}

/** What is wrong with the range before anything was changed; up to v5.4 holes are nothing wrong. */
export function refused(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone,
): Refusal | undefined {
  if (k.config.refuse_holes && k.walk_system_ram_range(start_pfn, nr_pages) !== nr_pages) {
    return { error: -EINVAL, reason: 'memory holes' };
  }
  const end = start_pfn + nr_pages;
  const multizone = { error: -EINVAL, reason: 'multizone range' };
  if (k.config.memory_block_zone) {
    if (k.page_zone(start_pfn) === zone && k.page_zone(end - 1) === zone) return undefined;
    k.WARN('offline_pages', 'range is not in one zone');
    return multizone;
  }
  return k.test_pages_in_a_zone(start_pfn, end) === zone ? undefined : multizone;
}

/** Where blocks with holes can go offline, only System RAM of the range was ever counted. */
export function pages_counted(k: Kernel, start_pfn: number, nr_pages: number): number {
  return pagesOf(changedPieces(k, start_pfn, nr_pages));
}

/** Pages that are managed no more: those that were; up to v6.10 all of the range. */
export function managed_before(k: Kernel, nr_pages: number, managed: number): number {
  return k.config.offline_managed === 'managed' ? managed : nr_pages;
}

/** Up to v5.10 everybody reads it in the log. */
export function tell_offlined(k: Kernel, pages: number): void {
  const line = `Offlined Pages ${pages}`;
  if (k.config.offlined_pages_info) k.pr_info(line);
  else k.pr_debug(line);
}

/**
 * Nobody looks at these pageblocks any more; going online puts the count right again. Up to v5.0
 * the pageblocks are looked for, and none is found online.
 */
export function end_isolation(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone, isolated: number,
): void {
  const pages = isolated > 0 ? isolated * pageblock_nr_pages : nr_pages;
  if (k.config.offline_isolation_end === 'count') k.count_isolated(zone, start_pfn, -pages);
  else k.undo_isolate_page_range(start_pfn, start_pfn + nr_pages, 'Movable');
}

/**
 * A zone without pages leaves the zonelists. Up to v6.7 the node is still in N_MEMORY then, and
 * listed once more, in an order that nobody can use; up to v5.13 the lists of a zone that keeps
 * pages get their sizes anew.
 */
export function leave_zonelists(k: Kernel, zone: Zone, arg: NotifierArg): void {
  const { clear_node_before_rebuild, zone_pcp_update } = k.config;
  if (clear_node_before_rebuild) k.node_states_clear_node(zone.nid, arg);
  if (!k.populated_zone(zone)) {
    k.zone_pcp_reset(zone);
    k.build_all_zonelists(undefined);
  } else if (zone_pcp_update !== 'never') {
    k.zone_pcp_update(zone, 0);
  }
  if (!clear_node_before_rebuild) k.node_states_clear_node(zone.nid, arg);
}

/**
 * The range stays: it is no longer isolated, and who was told hears so; up to v4.19 the other way
 * round.
 */
export function* cancel(
  k: Kernel, start_pfn: number, end_pfn: number, arg: NotifierArg,
): Preempt<void> {
  const { cancel_after_undo } = k.config;
  if (!cancel_after_undo) yield* mightSleep(k.memory_notify('MEM_CANCEL_OFFLINE', arg));
  yield* mightSleep(k.undo_isolate_page_range(start_pfn, end_pfn, 'Movable'));
  if (cancel_after_undo) yield* mightSleep(k.memory_notify('MEM_CANCEL_OFFLINE', arg));
  tellNode(k, 'NODE_CANCEL_REMOVING_LAST_MEMORY', arg);
}
