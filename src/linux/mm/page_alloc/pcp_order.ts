/**
 * Steps of the per-cpu lists that the kernel has no function of its own for: which blocks
 * free_pcppages_bulk() takes, and what free_frozen_page_commit() does when a block is on its list.
 */
import type { Kernel } from '../../base/kernel.js';
import { MIGRATE_MOVABLE, MIGRATE_PCPTYPES } from '../../include/migratetype.js';
import {
  NO_BLOCK, PAGE_ALLOC_COSTLY_ORDER, PCP_BATCH_SCALE_MAX,
} from '../../include/page_alloc.js';
import type { PageArena } from '../pages/arena.js';
import type { Pages } from '../pages/pages.js';
import { NR_PCP_LISTS, type PcpLists, type ZonePages } from '../pages/zone_pages.js';

/** The lists of a CPU: slot of the first one's head, and whether they hold single pages only. */
export interface Lists {
  readonly heads: number;
  readonly order0: boolean;
}

/** Takes a block off its list. */
export type Give = (slot: number) => void;

/**
 * Orders 0 to 3 and huge pages, each with a list for each migratetype (v5.14 - v5.17). Our huge
 * pages have one list, for they are movable.
 */
const ALL_LISTS = 5 * MIGRATE_PCPTYPES;
const FIRST_HUGE = 4 * MIGRATE_PCPTYPES;

/**
 * From v5.18: the oldest blocks first, list by list beginning with `pindex`. False: the lists were
 * empty before so many pages had gone.
 */
export function listByList(
  arena: PageArena, { heads }: Lists, count: number, pindex: number, give: Give,
): boolean {
  let left = count;
  let list = pindex;
  for (let empty = 0; left > 0 && empty < NR_PCP_LISTS; empty += 1) {
    const head = heads + list;
    for (let slot = arena.prev[head] as number; slot !== head && left > 0;
      slot = arena.prev[head] as number) {
      left -= 1 << (arena.order[slot] as number);
      give(slot);
    }
    list = list + 1 < NR_PCP_LISTS ? list + 1 : 0;
  }
  return left <= 0;
}

/**
 * Up to v5.17: round the lists, beginning with the second one. From each as many blocks as lists
 * were empty on the way to it, and one; all from the only one. False: see listByList().
 */
export function roundRobin(
  arena: PageArena, { heads, order0 }: Lists, count: number, give: Give,
): boolean {
  const lists = order0 ? MIGRATE_PCPTYPES : ALL_LISTS;
  const last = (list: number): number => {
    if (list >= FIRST_HUGE && list !== FIRST_HUGE + MIGRATE_MOVABLE) return NO_BLOCK;
    const head = heads + Math.min(list, FIRST_HUGE);
    const slot = arena.prev[head] as number;
    return slot === head ? NO_BLOCK : slot;
  };
  let left = count;
  let list = 0;
  let batch = 0;
  while (left > 0) {
    const begin = batch;
    do {
      if (batch - begin >= lists) return false;
      batch += 1;
      list = list + 1 < lists ? list + 1 : 0;
    } while (last(list) === NO_BLOCK);
    if (batch === lists) batch = left;
    do {
      const slot = last(list);
      left -= 1 << (arena.order[slot] as number);
      give(slot);
      batch -= 1;
    } while (left > 0 && batch > 0 && last(list) !== NO_BLOCK);
  }
  return true;
}

/** An allocation makes the next flushes smaller. */
export function noteAllocation(pcp: PcpLists): void {
  pcp.free_factor >>= 1;
  pcp.free_count >>= 1;
}

/** So many pages freed lately make a second block of order 1 to 3 empty its list. */
export function freeHighFrom(k: Kernel, { zone: { pcp } }: ZonePages): number {
  return pcp.batch + (k.config.pcp_free_high_counts_min ? Math.floor(pcp.high_min / 2) : 0);
}

/**
 * Blocks of order 1 to 3 are freed in a row, so that all that is on the lists is to go; notes that
 * one was freed.
 */
function freesHigh(k: Kernel, zp: ZonePages, pcp: PcpLists, order: number, batch: number): boolean {
  const large = order > 0 && order <= PAGE_ALLOC_COSTLY_ORDER;
  if (k.config.pcp_free !== 'free_count') {
    return large && k.config.pcp_free_high && pcp.free_factor > 0;
  }
  const all = large && pcp.free_count >= freeHighFrom(k, zp) && pcp.prev_free_high_order &&
    (!zp.zone.free_high_batch.has(pcp.cpu) || pcp.count >= batch);
  pcp.alloc_factor >>= 1;
  pcp.prev_free_high_order = large;
  if (pcp.free_count < batch << PCP_BATCH_SCALE_MAX) pcp.free_count += 1 << order;
  return all;
}

/** A free that must not wait notes it, and looks no further. */
export function noteFree(k: Kernel, zp: ZonePages, pcp: PcpLists, order: number): void {
  freesHigh(k, zp, pcp, order, zp.zone.pcp.batch);
}

/** What free_frozen_page_commit() has found out of a list that is too full. */
export interface Flush {
  readonly high: number;
  readonly free_high: boolean;
}

/** The block is on its list: what is to be given back; undefined: nothing. */
export function flushOf(
  k: Kernel, zp: ZonePages, pcp: PcpLists, order: number,
): Flush | undefined {
  const { zone } = zp;
  const { batch } = zone.pcp;
  const free_high = freesHigh(k, zp, pcp, order, batch);
  const high = k.nr_pcp_high(pcp, zone, batch, free_high);
  return pcp.count < high ? undefined : { high, free_high };
}

/**
 * The list gives back what is too much, batch by batch where the version does: after each batch
 * there is more to come. `pindex`: the list of the block that was freed last.
 */
export function* flushParts(
  k: Kernel, zp: ZonePages, pcp: PcpLists, { high, free_high }: Flush, pindex: number,
): Generator<void, void, void> {
  const { zone } = zp;
  const { batch } = zone.pcp;
  const to_free = k.nr_pcp_free(pcp, batch, high, free_high);
  const most = k.config.pcp_frees_in_batches ? batch : to_free;
  for (let left = to_free; left > 0; left -= most) {
    k.free_pcppages_bulk(zone, Math.min(left, most), pcp, pindex);
    if (left <= most || pcp.count === 0) return;
    yield;
  }
}

/** All of it at once. */
export function flush(
  k: Kernel, zp: ZonePages, pcp: PcpLists, full: Flush, pindex: number,
): void {
  for (const parts = flushParts(k, zp, pcp, full, pindex); parts.next().done !== true;);
}

/** A block that is being freed comes on its list. */
export function putFreed(
  k: Kernel, pages: Pages, zp: ZonePages, pcp: PcpLists, slot: number, order: number,
  migratetype: number,
): void {
  pages.putFreed(zp, pcp, slot, order, migratetype);
  if (zp.zone.pcp.high === 0) k.state.costs.pages_past_pcp += 1 << order;
}

/**
 * An interrupt can come while a task has the lists of its CPU: it finds their lock taken, and what
 * it frees goes past the lists. Before, interrupts are off meanwhile.
 */
export function canBeInterrupted(k: Kernel): boolean {
  return k.config.pcp_interrupted;
}

/** free_frozen_page_commit() in one step, for a caller that nobody can come between. */
export function commitAtOnce(
  k: Kernel, pages: Pages, zp: ZonePages, slot: number, order: number, type: number, cpu: number,
): void {
  const pcp = zp.pcp[cpu] as PcpLists;
  putFreed(k, pages, zp, pcp, slot, order, type);
  const full = flushOf(k, zp, pcp, order);
  if (full !== undefined) flush(k, zp, pcp, full, pages.listOf(slot));
}
