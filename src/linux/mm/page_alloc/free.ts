/** Pages that are freed: mm/page_alloc.c. `cpu` is the one that the step runs on. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { MIGRATE_ISOLATE } from '../../include/migratetype.js';
import { MAX_PAGE_ORDER, type Zone } from '../../include/mmzone.js';
import { NO_BLOCK } from '../../include/page_alloc.js';
import { atOnce, waitUntil } from '../../base/wait.js';
import type { PcpLists } from '../pages/zone_pages.js';
import { flushOf, flushParts, noteFree, putFreed } from './pcp_order.js';
import { freeOne, toBuddy } from './to_buddy.js';

/** The zone of a page that page-level state knows: at no cost. */
function zoneOfPage(k: Kernel, pfn: number): Zone | undefined {
  const { pages } = k.state;
  return pages?.zoneOf(pages.slot(pfn))?.zone;
}

/**
 * Straight to the buddy allocator, and with it what frees that must not wait have left.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function free_one_page(k: Kernel, pfn: number, order: number): void {
  const { pages } = k.state;
  if (pages === undefined) return;
  const slot = pages.slot(pfn);
  const zp = pages.zoneOf(slot);
  if (zp !== undefined) freeOne(k, pages, zp, slot, order);
}

/**
 * The block is on no list any more; from here on it is neither allocated nor free.
 * @kernel mm/page_alloc.c v6.12 reduced: no poisoning
 */
export function free_pages_prepare(k: Kernel, pfn: number, order: number): void {
  const { pages } = k.state;
  if (pages === undefined) return;
  const slot = pages.slot(pfn);
  const zp = pages.zoneOf(slot);
  if (zp !== undefined) pages.prepareFree(zp, slot, order);
}

/**
 * The CPU's lists are this task's until pcp_spin_unlock(). Up to v5.19 the CPU has its interrupts
 * off meanwhile and does nothing else, a drain of its lists included; then a lock holds off who
 * drains them.
 * @kernel mm/page_alloc.c v6.12 reduced: who comes second waits, where an interrupt (from v6.2)
 *   would find the lock taken and go past the lists
 */
export function* pcp_spin_trylock(k: Kernel, zone: Zone, cpu: number): Preempt<void> {
  const { pages } = k.state;
  if (pages === undefined) return;
  yield* waitUntil(k, 'pcp_lock', () => !pages.isCpuBusy(cpu));
  pages.lockPcp(zone, cpu, true);
}

/** @kernel mm/page_alloc.c v6.12 full */
export function pcp_spin_unlock(k: Kernel, zone: Zone, cpu: number): void {
  k.state.pages?.lockPcp(zone, cpu, false);
}

/** The page keeps the migratetype that was read. @kernel mm/page_alloc.c v6.1 full */
export function set_pcppage_migratetype(k: Kernel, pfn: number, migratetype: number): void {
  const { pages } = k.state;
  if (pages === undefined) return;
  const slot = pages.slot(pfn);
  pages.arena.note(slot);
  pages.arena.type[slot] = migratetype;
}

/**
 * The protected part: the block goes on this CPU's list by the migratetype that was read before,
 * and what is too much there goes on to the buddy allocator. Until the block is counted, who reads
 * the count sees an empty list. Up to v5.8 the size of a batch is read when the list was found to
 * be too full, and can have changed meanwhile. From v6.19 on the lists are given up between
 * batches; false: somebody else has them then, and the rest stays. From v6.14 on its name is
 * free_frozen_page_commit().
 * @kernel mm/page_alloc.c v7.3 reduced: kswapd never reclaims; a page of an isolated pageblock
 *   goes past the lists without waiting for who has them; a task stays on its CPU meanwhile
 */
export function* free_unref_page_commit(
  k: Kernel, pfn: number, order: number, migratetype: number, cpu: number,
): Preempt<boolean | void> {
  const { pages } = k.state;
  if (pages === undefined) return;
  if (migratetype === MIGRATE_ISOLATE) {
    k.free_one_page(pfn, order);
    return;
  }
  yield 'pcp_count';
  const slot = pages.slot(pfn);
  const zp = pages.zoneOf(slot);
  const pcp = zp?.pcp[cpu];
  if (zp === undefined || pcp === undefined) return;
  putFreed(k, pages, zp, pcp, slot, order, migratetype);
  const pindex = pages.listOf(slot);
  const full = flushOf(k, zp, pcp, order);
  if (full === undefined) return;
  // Before the count was bounded, a batch that is larger now than when the list was full hurts.
  if (!k.config.pcp_bulk_bounded) yield 'pcp_batch';
  const has = pcp.locked;
  for (const _part of flushParts(k, zp, pcp, full, pindex)) {
    if (!has) continue;
    k.pcp_spin_unlock(zp.zone, cpu);
    yield 'pcp_spin_trylock';
    if (pages.isCpuBusy(cpu)) return false;
    pages.lockPcp(zp.zone, cpu, true);
  }
}

/**
 * Frees a block. Between reading the migratetype and acting on it the task can be preempted. From
 * v6.14 on its name is free_frozen_pages().
 * @kernel mm/page_alloc.c v7.3 full
 */
export function* free_unref_page(
  k: Kernel, pfn: number, order: number, cpu: number,
): Preempt<void> {
  k.free_pages_prepare(pfn, order);
  yield* freePrepared(k, pfn, order, cpu);
}

/** The block is on no list any more. */
function* freePrepared(k: Kernel, pfn: number, order: number, cpu: number): Preempt<void> {
  if (k.state.pages?.pcpOrder(order) !== true) {
    k.free_one_page(pfn, order);
    return;
  }
  const migratetype = k.get_pageblock_migratetype(pfn);
  k.set_pcppage_migratetype(pfn, migratetype);
  yield 'free_unref_page_commit';
  const zone = zoneOfPage(k, pfn);
  if (zone === undefined) return;
  yield* k.pcp_spin_trylock(zone, cpu);
  const has = yield* k.free_unref_page_commit(pfn, order, migratetype, cpu);
  if (has !== false) k.pcp_spin_unlock(zone, cpu);
}

/**
 * Pages that are on no list any more, each a block of its own, are freed as the largest blocks that
 * they make up. There from v7.2 on.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function* free_prepared_contig_range(
  k: Kernel, start_pfn: number, nr_pages: number, cpu: number,
): Preempt<void> {
  let pfn = start_pfn;
  for (let left = nr_pages; left > 0;) {
    let order = 0;
    while (order < MAX_PAGE_ORDER && pfn % 2 ** (order + 1) === 0 && 2 ** (order + 1) <= left) {
      order += 1;
    }
    k.state.pages?.joinInFlight(pfn, order);
    yield* freePrepared(k, pfn, order, cpu);
    pfn += 2 ** order;
    left -= 2 ** order;
  }
}

/**
 * Frees a block where nobody may wait (BPF, NMI), from v6.15 on. Before there is no such function,
 * and whoever frees does it as ever.
 * @kernel mm/page_alloc.c v6.12 custom: `contended`: somebody has the zone lock
 */
export function free_pages_nolock(
  k: Kernel, pfn: number, order: number, cpu: number, contended: boolean,
): void {
  if (k.config.frees_without_locks) {
    k.free_frozen_pages_nolock(pfn, order, cpu, contended);
    return;
  }
  // Nobody has it: there is nothing to free.
  const { pages } = k.state;
  if (pages === undefined || pages.lists.isListed(pages.slot(pfn))) return;
  atOnce(k.free_unref_page(pfn, order, cpu));
}

/**
 * Waits neither for the lists of the CPU nor for the zone lock: a list that is too full, or
 * switched off, is not flushed. `contended`: somebody has the zone lock; then the block is left for
 * the next ordinary free of the zone.
 * @kernel mm/page_alloc.c v7.3 reduced: no PREEMPT_RT
 */
export function free_frozen_pages_nolock(
  k: Kernel, pfn: number, order: number, cpu: number, contended: boolean,
): void {
  const { pages } = k.state;
  const zone = zoneOfPage(k, pfn);
  if (pages === undefined || zone === undefined) return;
  if (pages.lists.isListed(pages.slot(pfn))) return;
  k.free_pages_prepare(pfn, order);
  const slot = pages.slot(pfn);
  const zp = pages.zonePages(zone);
  const type = k.get_pageblock_migratetype(pfn);
  if (pages.pcpOrder(order) && type !== MIGRATE_ISOLATE && !pages.isCpuBusy(cpu)) {
    const pcp = zp.pcp[cpu] as PcpLists;
    putFreed(k, pages, zp, pcp, slot, order, type);
    noteFree(k, zp, pcp, order);
  } else if (contended) {
    zp.trylock_free_pages.push(slot);
  } else {
    toBuddy(k, pages, zp, slot, order);
  }
}

/** A page of a list that is freed; `type`: what was read of it, undefined: it is read later. */
interface Listed {
  readonly pfn: number;
  readonly type: number | undefined;
}

/** All are prepared before any is committed, and up to v6.9 their migratetypes are read. */
function prepareList(k: Kernel, pfns: readonly number[]): Listed[] {
  const { migratetype_cached, isolated_freed_first } = k.config;
  const listed: Listed[] = [];
  for (const pfn of pfns) {
    k.free_pages_prepare(pfn, 0);
    const type = migratetype_cached ? k.get_pageblock_migratetype(pfn) : undefined;
    if (type === MIGRATE_ISOLATE && isolated_freed_first) k.free_one_page(pfn, 0);
    else listed.push({ pfn, type });
  }
  return listed;
}

/**
 * Frees pages of a list: all are prepared before the first is committed; then one chunk is
 * committed at a time. From v6.9 on its name is free_unref_folios().
 * @kernel mm/page_alloc.c v6.1 reduced: pages of order 0 in chunks of 32
 */
export function* free_unref_page_list(
  k: Kernel, pfns: readonly number[], cpu: number,
): Preempt<void> {
  const zone = zoneOfPage(k, pfns[0] ?? 0);
  if (zone === undefined) return;
  let has = false;
  const listed = prepareList(k, pfns);
  for (const [index, { pfn, type }] of listed.entries()) {
    const migratetype = type ?? k.get_pageblock_migratetype(pfn);
    if (!has) {
      yield 'free_unref_page_commit';
      yield* k.pcp_spin_trylock(zone, cpu);
    }
    has = (yield* k.free_unref_page_commit(pfn, 0, migratetype, cpu)) !== false;
    if (!has || (index % 32 !== 31 && index !== listed.length - 1)) continue;
    k.pcp_spin_unlock(zone, cpu);
    has = false;
  }
}

/**
 * Allocates a block from a zone; its first pfn, or -1. Pages that an empty list was filled with are
 * counted only after the zone lock was given back.
 * @kernel mm/page_alloc.c v7.3 reduced: no watermarks, which the caller has looked at
 */
export function* rmqueue(
  k: Kernel, nid: number, index: number, order: number, migratetype: number, cpu: number,
): Preempt<number> {
  const { pages } = k.state;
  const zone = k.state.nodes[nid]?.node_zones[index];
  if (pages === undefined || zone === undefined) return -1;
  let slot: number;
  if (pages.pcpOrder(order)) {
    yield* k.pcp_spin_trylock(zone, cpu);
    slot = yield* k.rmqueue_pcplist(zone, order, migratetype, cpu);
    k.pcp_spin_unlock(zone, cpu);
  } else {
    slot = k.__rmqueue(zone, order, migratetype, { mode: 'normal' });
  }
  if (slot === NO_BLOCK) return -1;
  pages.setAllocated(pages.zonePages(zone), slot, order, migratetype);
  return pages.arena.pfnOf(slot);
}
