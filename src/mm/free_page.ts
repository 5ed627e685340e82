/** Pages that are freed: mm/page_alloc.c. `cpu` is the one that the step runs on. */
import type { Kernel, Preempt } from './kernel.js';
import { MIGRATE_ISOLATE } from './migratetype.js';

/** A page that was reserved is free now. @kernel mm/page_alloc.c v6.12 reduced: at once */
export function __free_reserved_page(k: Kernel, pfn: number): void {
  const zone = k.page_zone(pfn);
  if (zone === undefined) return;
  const { pages } = k.state;
  if (pages === undefined) zone.nr_free_pages += 1;
  else pages.freeFresh(pfn, 0);
}

/** Straight to the buddy allocator. @kernel mm/page_alloc.c v6.12 full */
export function free_one_page(k: Kernel, pfn: number, order: number): void {
  const { pages } = k.state;
  if (pages === undefined) return;
  const frame = pages.frame(pfn);
  const zp = pages.zoneOf(frame);
  if (zp !== undefined) pages.freeToBuddy(zp, frame, order);
}

/**
 * The block is on no list any more; from here on it is neither allocated nor free.
 * @kernel mm/page_alloc.c v6.12 reduced: no poisoning
 */
export function free_pages_prepare(k: Kernel, pfn: number, order: number): void {
  const { pages } = k.state;
  if (pages === undefined) return;
  const frame = pages.frame(pfn);
  const zp = pages.zoneOf(frame);
  if (zp !== undefined) pages.prepareFree(zp, frame, order);
}

/**
 * The protected part: the block goes on this CPU's list by the migratetype that was read before,
 * and what is too much there goes on to the buddy allocator.
 * @kernel mm/page_alloc.c v6.12 reduced: the lock is always got
 */
export function free_unref_page_commit(
  k: Kernel, pfn: number, order: number, migratetype: number, cpu: number,
): void {
  const { pages } = k.state;
  if (pages === undefined) return;
  if (migratetype === MIGRATE_ISOLATE) {
    k.free_one_page(pfn, order);
    return;
  }
  const frame = pages.frame(pfn);
  const zp = pages.zoneOf(frame);
  if (zp !== undefined) pages.commit(zp, frame, order, migratetype, cpu);
}

/**
 * Frees a block. Between reading the migratetype and acting on it the task can be preempted.
 * @kernel mm/page_alloc.c v6.12 full
 */
export function* free_unref_page(
  k: Kernel, pfn: number, order: number, cpu: number,
): Preempt<void> {
  k.free_pages_prepare(pfn, order);
  if (k.state.pages?.pcpOrder(order) !== true) {
    k.free_one_page(pfn, order);
    return;
  }
  const migratetype = k.get_pageblock_migratetype(pfn);
  yield 'free_unref_page_commit';
  k.free_unref_page_commit(pfn, order, migratetype, cpu);
}

/**
 * Frees pages of a list: all are prepared and their migratetypes read before the first is
 * committed; from then on one chunk is committed at a time.
 * @kernel mm/page_alloc.c v6.1 reduced: pages of order 0 in chunks of 32
 */
export function* free_unref_page_list(
  k: Kernel, pfns: readonly number[], cpu: number,
): Preempt<void> {
  const types = pfns.map((pfn) => {
    k.free_pages_prepare(pfn, 0);
    return k.get_pageblock_migratetype(pfn);
  });
  for (const [index, pfn] of pfns.entries()) {
    if (index % 32 === 0) yield 'free_unref_page_commit';
    k.free_unref_page_commit(pfn, 0, types[index] ?? 0, cpu);
  }
}

/**
 * Allocates a block from a zone; its first pfn, or -1.
 * @kernel mm/page_alloc.c v6.12 reduced: no watermarks, which the caller has looked at
 */
export function rmqueue(
  k: Kernel, nid: number, index: number, order: number, migratetype: number, cpu: number,
): number {
  const { pages } = k.state;
  const zone = k.state.nodes[nid]?.node_zones[index];
  if (pages === undefined || zone === undefined) return -1;
  const frame = pages.allocate(zone, order, migratetype, cpu);
  return frame < 0 ? -1 : pages.arena.pfnOf(frame);
}
