/** mm/memory_hotplug.c: a range of pages goes online. */
import { at } from '../../../base/assert.js';
import { PAGE_SIZE, hex } from '../../../base/pfn.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL } from '../../include/errno.js';
import {
  MAX_PAGE_ORDER, NUMA_NO_NODE, PAGES_PER_SECTION, ZONE_MOVABLE, ZONE_NORMAL, pageblock_nr_pages,
  type MemoryGroup, type NotifierArg, type Zone,
} from '../../include/mmzone.js';
import { tellNode } from './node_chain.js';
import { changedPieces } from '../../base/system_ram.js';
import { underPagesLock } from '../../base/under_lock.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/**
 * `[mem 0x100000000-0x107ffffff]`, from pages.
 * @kernel mm/memory_hotplug.c v6.12 custom: printed in place there
 */
export function mem_range_text(_k: Kernel, start_pfn: number, nr_pages: number): string {
  const start = start_pfn * PAGE_SIZE;
  return `[mem ${hex(start, 8)}-${hex(start + nr_pages * PAGE_SIZE - 1, 8)}]`;
}

/**
 * Which states of the node change when this goes online.
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function node_states_check_changes_online(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone,
): NotifierArg {
  const { memory, normal_memory } = k.state.node_states;
  const normal = k.config.normal_memory_kept &&
    zone.index <= ZONE_NORMAL && !normal_memory.has(zone.nid);
  return {
    start_pfn, nr_pages,
    status_change_nid: memory.has(zone.nid) ? NUMA_NO_NODE : zone.nid,
    status_change_nid_normal: normal ? zone.nid : NUMA_NO_NODE,
  };
}

/** @kernel mm/memory_hotplug.c v6.12 full */
export function node_states_set_node(k: Kernel, nid: number, arg: NotifierArg): void {
  if (arg.status_change_nid_normal >= 0) k.state.node_states.normal_memory.add(nid);
  if (arg.status_change_nid >= 0) k.state.node_states.memory.add(nid);
}

/**
 * Which states of the node change when this goes offline.
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function node_states_check_changes_offline(
  k: Kernel, start_pfn: number, nr_pages: number, zone: Zone,
): NotifierArg {
  const zones = at(k.state.nodes, zone.nid).node_zones;
  let present = 0;
  for (let index = 0; index <= ZONE_NORMAL; index += 1) present += at(zones, index).present_pages;
  const normal = k.config.normal_memory_kept &&
    zone.index <= ZONE_NORMAL && nr_pages >= present;
  present += at(zones, ZONE_MOVABLE).present_pages;
  return {
    start_pfn, nr_pages,
    status_change_nid: nr_pages >= present ? zone.nid : NUMA_NO_NODE,
    status_change_nid_normal: normal ? zone.nid : NUMA_NO_NODE,
  };
}

/** @kernel mm/memory_hotplug.c v6.12 full */
export function node_states_clear_node(k: Kernel, nid: number, arg: NotifierArg): void {
  if (arg.status_change_nid_normal >= 0) k.state.node_states.normal_memory.delete(nid);
  if (arg.status_change_nid >= 0) k.state.node_states.memory.delete(nid);
}

/**
 * Present pages of zone, node and group change by nr_pages (negative: they go).
 * @kernel mm/memory_hotplug.c v7.3 full; the zone is an argument, there it is read from the page
 */
export function adjust_present_page_count(
  k: Kernel, zone: Zone, group: MemoryGroup | undefined, nr_pages: number, pfn: number,
): void {
  if (k.state.sections.early(pfn_to_section_nr(pfn))) {
    zone.present_early_pages += nr_pages;
  }
  zone.present_pages += nr_pages;
  at(k.state.nodes, zone.nid).node_present_pages += nr_pages;
  if (group === undefined) return;
  if (zone.index === ZONE_MOVABLE) group.present_movable_pages += nr_pages;
  else group.present_kernel_pages += nr_pages;
}

/**
 * Ranges that online_pages() and offline_pages() take: whole sections, or all but a memmap.
 * @kernel mm/memory_hotplug.c v6.12 custom: a condition of both there
 */
export function online_range_aligned(k: Kernel, start_pfn: number, nr_pages: number): boolean {
  const sections = k.config.online_alignment === 'section';
  const alignment = sections ? PAGES_PER_SECTION : pageblock_nr_pages;
  return nr_pages > 0 && start_pfn % alignment === 0 &&
    (start_pfn + nr_pages) % PAGES_PER_SECTION === 0;
}

/** Largest order at which a chunk that starts at pfn is aligned; it does not reach over the end. */
function alignedOrder(pfn: number, end: number): number {
  let order = 0;
  while (order < MAX_PAGE_ORDER && pfn % 2 ** (order + 1) === 0 && pfn + 2 ** (order + 1) <= end) {
    order += 1;
  }
  return order;
}

/**
 * Hands the pages over in chunks as large as their alignment allows, then marks the sections.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function online_pages_range(k: Kernel, start_pfn: number, nr_pages: number): void {
  const end = start_pfn + nr_pages;
  for (let pfn = start_pfn; pfn < end;) {
    const order = alignedOrder(pfn, end);
    k.online_page(pfn, order);
    pfn += 2 ** order;
  }
  k.online_mem_sections(start_pfn, end);
}

/**
 * Pageblocks of a range become isolated, or (negative) stop being it, with the range itself.
 * @kernel mm/memory_hotplug.c v6.12 custom: in place there
 */
export function count_isolated(_k: Kernel, zone: Zone, _start_pfn: number, nr_pages: number): void {
  zone.nr_isolate_pageblock += nr_pages / pageblock_nr_pages;
}

/** The pages are handed over and counted; the zone appears in zonelists if it was empty. */
function account(
  k: Kernel, pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
  arg: NotifierArg,
): void {
  if (k.config.online_isolated) k.count_isolated(zone, pfn, nr_pages);
  // A zone that is not populated is in no zonelist: the page allocator does not know it.
  const rebuild = !k.populated_zone(zone);
  if (rebuild && k.config.rebuild_twice) k.build_all_zonelists(undefined);
  if (rebuild) k.setup_zone_pageset(zone);
  let present = 0;
  for (const { start_pfn, end_pfn } of changedPieces(k, pfn, nr_pages)) {
    k.online_pages_range(start_pfn, end_pfn - start_pfn);
    present += end_pfn - start_pfn;
  }
  k.adjust_present_page_count(zone, group, present, pfn);
  k.node_states_set_node(zone.nid, arg);
  if (rebuild) k.build_all_zonelists(undefined);
  const { zone_pcp_update } = k.config;
  if (zone_pcp_update === 'always' || (!rebuild && zone_pcp_update === 'populated')) {
    k.zone_pcp_update(zone, 0);
  }
}

/** @kernel mm/memory_hotplug.c v7.3 reduced: no page shuffling, no writeback limit */
export function* online_pages(
  k: Kernel, pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
): Preempt<number> {
  if (!k.online_range_aligned(pfn, nr_pages)) {
    k.WARN('online_pages', 'range is not aligned');
    return -EINVAL;
  }
  return yield* underPagesLock(k, () => take_online(k, pfn, nr_pages, zone, group));
}

/** The range joins the zone; unless a notifier refuses, its pages are handed over. */
function* take_online(
  k: Kernel, pfn: number, nr_pages: number, zone: Zone, group: MemoryGroup | undefined,
): Preempt<number> {
  // The node is the block's; from v4.17 to v5.1 nobody gives the block back.
  if (k.config.online_keeps_block) k.find_memory_block(pfn);
  const isolated = k.config.online_isolated;
  const { isolation_is_a_bit } = k.config;
  const type = isolated && !isolation_is_a_bit ? 'Isolate' : 'Movable';
  k.move_pfn_range_to_zone(zone, pfn, nr_pages, undefined, type, isolated && isolation_is_a_bit);
  const arg = k.node_states_check_changes_online(pfn, nr_pages, zone);
  yield 'memory_notify';
  const vetoed = tellNode(k, 'NODE_ADDING_FIRST_MEMORY', arg);
  const error = vetoed === 0 ? k.memory_notify('MEM_GOING_ONLINE', arg) : vetoed;
  if (error !== 0) {
    k.pr_debug(`online_pages ${k.mem_range_text(pfn, nr_pages)} failed`);
    k.memory_notify('MEM_CANCEL_ONLINE', arg);
    tellNode(k, 'NODE_CANCEL_ADDING_FIRST_MEMORY', arg);
    k.remove_pfn_range_from_zone(zone, pfn, nr_pages);
    return error;
  }
  account(k, pfn, nr_pages, zone, group, arg);
  yield 'undo_isolate_page_range';
  if (isolated) k.undo_isolate_page_range(pfn, pfn + nr_pages, 'Movable');
  yield* k.wait_pcp_batch_high_lock();
  k.init_per_zone_wmark_min();
  k.kswapd_run(zone.nid);
  k.kcompactd_run(zone.nid);
  tellNode(k, 'NODE_ADDED_FIRST_MEMORY', arg);
  k.memory_notify('MEM_ONLINE', arg);
  return 0;
}
