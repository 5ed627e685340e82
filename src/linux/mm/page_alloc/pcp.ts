/**
 * The per-cpu page lists: how much they hold, what they give back, how they are filled again:
 * mm/page_alloc.c. `pcp` is struct per_cpu_pages, the lists of one CPU in one zone. `high` and
 * `batch` are of `zone.pcp`, for all CPUs of a zone have the same.
 */
import { clamp } from '../../../base/pfn.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import {
  FPI_NONE, NO_BLOCK, PCP_BATCH_SCALE_MAX, type RmqueueMode,
} from '../../include/page_alloc.js';
import type { Zone } from '../../include/mmzone.js';
import type { Pages } from '../pages/pages.js';
import type { PcpLists } from '../pages/zone_pages.js';
import { __free_one_page } from './buddy.js';
import { takeSmallest } from './direct.js';
import { listByList, noteAllocation, roundRobin } from './pcp_order.js';

/** clamp() of the kernel: where the limits cross, as for less than two batches, `most` is first. */
function clampCrossed(value: number, least: number, most: number): number {
  return value >= most ? most : Math.max(value, least);
}

/**
 * How many pages a full list gives back: up to v5.13 a batch; up to v6.6 twice as many each time;
 * from v6.7 as many as were freed lately. `high`: what nr_pcp_high() said.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function nr_pcp_free(
  k: Kernel, pcp: PcpLists, batch: number, high: number, free_high: boolean,
): number {
  const { pcp_free, pcp_doubling_ends } = k.config;
  if (free_high) {
    return pcp_free === 'free_count'
      ? Math.min(pcp.count, batch << PCP_BATCH_SCALE_MAX) : pcp.count;
  }
  if (pcp_free === 'batch') return batch;
  if (high < batch) return 1;
  const most = high - batch;
  if (pcp_free === 'free_count') return clampCrossed(pcp.free_count, batch, most);
  const count = batch << pcp.free_factor;
  const ends = pcp_doubling_ends && pcp.free_factor >= PCP_BATCH_SCALE_MAX;
  if (count < most && !ends) pcp.free_factor += 1;
  return clampCrossed(count, batch, most);
}

/** From v6.7 `high` of a list floats between two limits. */
function floatingHigh(zone: Zone, pcp: PcpLists, batch: number, below: boolean): number {
  const { high_min, high_max } = zone.pcp;
  const { high } = pcp;
  if (high_min === high_max) return high;
  if (below) {
    pcp.high = Math.max(high - Math.max(pcp.free_count, batch), high_min);
    return Math.max(pcp.count, high_min);
  }
  const need = pcp.free_count + batch;
  if (pcp.count >= high && pcp.high < need) pcp.high = clamp(need, high_min, high_max);
  return high;
}

/**
 * From so many pages on the list gives some back. `free_high`: blocks of order 1 to 3 are freed in
 * a row, and all of it goes.
 * @kernel mm/page_alloc.c v7.3 reduced: kswapd never reclaims (ZONE_RECLAIM_ACTIVE);
 *   ZONE_BELOW_HIGH is compared at this moment, where the kernel has the flag that an
 *   allocation set
 */
export function nr_pcp_high(
  k: Kernel, pcp: PcpLists, zone: Zone, batch: number, free_high: boolean,
): number {
  if (k.config.pcp_free !== 'free_count') return free_high ? 0 : zone.pcp.high;
  const { high_min, high_max } = zone.pcp;
  const high = clamp(pcp.high, high_min, high_max);
  pcp.high = high;
  if (high === 0) return 0;
  if (free_high) {
    pcp.high = Math.max(high - (batch << PCP_BATCH_SCALE_MAX), high_min);
    return 0;
  }
  return floatingHigh(zone, pcp, batch, (k.state.pages as Pages).zonePages(zone).belowHigh);
}

/**
 * How many blocks an empty list asks the buddy allocator for; up to v6.6 a batch.
 * @kernel mm/page_alloc.c v7.3 reduced: ZONE_BELOW_HIGH as in nr_pcp_high()
 */
export function nr_pcp_alloc(k: Kernel, pcp: PcpLists, zone: Zone, order: number): number {
  const { batch, high_min, high_max } = zone.pcp;
  if (k.config.pcp_free !== 'free_count') return batch > 1 ? Math.max(batch >> order, 2) : batch;
  pcp.high = clamp(pcp.high, high_min, high_max);
  if (pcp.high < batch) return 1;
  let count = order === 0 ? batch << pcp.alloc_factor : batch;
  // With a larger list this refill could have been spared.
  if (high_min !== high_max && !(k.state.pages as Pages).zonePages(zone).belowHigh) {
    pcp.high = Math.min(pcp.high + count, high_max);
  }
  if (order === 0) {
    const room = Math.max(pcp.high - pcp.count - batch, batch);
    if (count <= room && pcp.alloc_factor < PCP_BATCH_SCALE_MAX) pcp.alloc_factor += 1;
    count = Math.min(count, room);
  }
  return count > 1 ? Math.max(count >> order, 2) : count;
}

/**
 * Gives `count` pages of the lists, or a part of a block more, to the buddy allocator; from v5.18
 * list by list beginning with `pindex`, the oldest blocks first. A count above what the lists hold
 * is cut down from v5.9 on; before, the search for a list that is not empty never ends.
 * @kernel mm/page_alloc.c v7.3 full: the endless search of older versions is a BUG here
 */
export function free_pcppages_bulk(
  k: Kernel, zone: Zone, count: number, pcp: PcpLists, pindex: number,
): void {
  const pages = k.state.pages as Pages;
  const zp = pages.zonePages(zone);
  const direct = k.direct.page_allocator;
  let left = k.config.pcp_bulk_bounded ? Math.min(count, pcp.count) : count;
  // Pages that nobody can name were there first.
  const unnamed = Math.min(left, pcp.unnamed);
  if (unnamed > 0) pages.drainUnnamed(zp, pcp, unnamed);
  left -= unnamed;
  const lists = { heads: pcp.heads, order0: k.config.pcp_orders === 'order0' };
  const give = (slot: number): void => {
    const order = pages.unlistPcp(zp, pcp, slot);
    const migratetype = pages.pcpType(zone, slot);
    if (direct) __free_one_page(k, slot, zone, order, migratetype, FPI_NONE);
    else k.__free_one_page(slot, zone, order, migratetype, FPI_NONE);
    pages.drained?.(slot, order, migratetype, pcp.cpu);
  };
  const ends = k.config.pcp_bulk === 'round_robin'
    ? roundRobin(pages.arena, lists, left, give)
    : listByList(pages.arena, lists, left, pindex, give);
  if (!ends) {
    k.BUG('free_pcppages_bulk', `${count} pages are to be freed, and the lists of CPU ${pcp.cpu} ` +
      'are empty before: the search for the next one never ends');
  }
}

/**
 * Fills a list of the CPU with up to `count` blocks, to its tail; how many. They are counted by the
 * caller, when the zone lock has been given back.
 * @kernel mm/page_alloc.c v7.3 reduced: no ALLOC_NOLOCK
 */
export function rmqueue_bulk(
  k: Kernel, zone: Zone, order: number, count: number, pcp: PcpLists, migratetype: number,
): number {
  const pages = k.state.pages as Pages;
  const zp = pages.zonePages(zone);
  let mode: RmqueueMode | undefined;
  const direct = k.direct.page_allocator;
  for (let i = 0; i < count; i += 1) {
    let slot = direct && mode === undefined ? takeSmallest(pages, zp, order, migratetype)
      : NO_BLOCK;
    if (slot === NO_BLOCK) {
      mode ??= { mode: 'normal' };
      slot = k.__rmqueue(zone, order, migratetype, mode);
    }
    if (slot === NO_BLOCK) return i;
    pages.putFilled(zp, pcp, slot, order, migratetype);
  }
  return count;
}

/**
 * The first block of the CPU's list, which is filled when it is empty; NO_BLOCK (-1): the zone has
 * none. The caller has the lists. Who reads their count meanwhile does not see the new pages.
 * @kernel mm/page_alloc.c v7.3 full: as __rmqueue_pcplist() with it
 */
export function* rmqueue_pcplist(
  k: Kernel, zone: Zone, order: number, migratetype: number, cpu: number,
): Preempt<number> {
  const pages = k.state.pages as Pages;
  const zp = pages.zonePages(zone);
  const pcp = zp.pcp[cpu] as PcpLists;
  const head = pcp.heads + pages.pindex(order, migratetype);
  noteAllocation(pcp);
  if (pages.arena.next[head] === head) {
    const count = k.nr_pcp_alloc(pcp, zone, order);
    pcp.uncounted = k.rmqueue_bulk(zone, order, count, pcp, migratetype) << order;
    if (pcp.uncounted > 0) yield 'pcp_count';
    pcp.count += pcp.uncounted;
    pcp.uncounted = 0;
  }
  const slot = pages.arena.next[head] as number;
  if (slot === head) return NO_BLOCK;
  pages.takeFromPcp(zp, slot);
  return slot;
}

/**
 * Lets `high` of a list sink by an eighth and gives back what is too much then: what vmstat does
 * once in a while.
 * @returns whether there is more to do the next time
 * @kernel mm/page_alloc.c v7.3 full
 */
export function decay_pcp_high(k: Kernel, zone: Zone, pcp: PcpLists): boolean {
  const { high_min, batch } = zone.pcp;
  let todo = false;
  if (pcp.high > high_min) {
    pcp.high = Math.max(
      pcp.count - (batch << PCP_BATCH_SCALE_MAX), pcp.high - (pcp.high >> 3), high_min);
    todo = pcp.high > high_min;
  }
  const to_drain = pcp.count - pcp.high;
  const most = k.config.pcp_decays_in_batches ? batch : Math.max(to_drain, 1);
  for (let left = to_drain; left > 0; left -= most) {
    k.free_pcppages_bulk(zone, Math.min(left, most), pcp, 0);
    todo = true;
  }
  return todo;
}

/**
 * Gives back a batch of a list that nobody used for a while, of memory of another node.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function drain_zone_pages(k: Kernel, zone: Zone, pcp: PcpLists): void {
  const to_drain = Math.min(pcp.count, zone.pcp.batch);
  if (to_drain > 0) k.free_pcppages_bulk(zone, to_drain, pcp, 0);
}

/** Everything on one CPU's lists of a zone. From v6.7 the lock is given back in between. */
function drainZone(k: Kernel, cpu: number, zone: Zone): void {
  const pcp = k.state.pages?.zonePages(zone).pcp[cpu];
  if (pcp === undefined) return;
  const most = k.config.pcp_free === 'free_count'
    ? zone.pcp.batch << PCP_BATCH_SCALE_MAX : pcp.count;
  for (let count = pcp.count; count > 0;) {
    const to_drain = Math.min(count, most);
    k.free_pcppages_bulk(zone, to_drain, pcp, 0);
    count -= to_drain;
  }
}

/**
 * Empties one CPU's lists of the zone; without a zone, of all in their order (drain_pages()).
 * @kernel mm/page_alloc.c v7.3 reduced: nobody comes between two parts of one drain
 */
export function drain_pages_zone(k: Kernel, cpu: number, zone: Zone | undefined): void {
  const { pages } = k.state;
  if (pages === undefined) return;
  pages.touched?.('pcp', cpu, cpu);
  const zones = zone === undefined ? k.for_each_populated_zone() : [zone];
  for (const one of zones) drainZone(k, cpu, one);
}
