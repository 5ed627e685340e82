/** mm/page_isolation.c: pageblocks whose free pages nobody can allocate. */
import { pagesIn } from '../base/page_ranges.js';
import { roundDown, roundUp } from '../../base/pfn.js';
import type { Kernel, Preempt } from '../base/kernel.js';
import type { PageContent } from '../include/memmap.js';
import {
  MIGRATE_ISOLATE, MIGRATE_MOVABLE, migratetypeCode, migratetypes,
} from '../include/migratetype.js';
import { EBUSY } from '../include/errno.js';
import {
  MAX_PAGE_ORDER, ZONE_MOVABLE, pageblock_nr_pages, pageblock_order, type IsolateMode,
  type MigrateType, type Zone,
} from '../include/mmzone.js';
import { FPI_NONE, FPI_TO_TAIL } from '../include/page_alloc.js';

const isReserved = (content: PageContent): boolean =>
  content.kind === 'init' && content.reserved;

/** A page of the range that is reserved, undefined when there is none. */
function reservedPage(k: Kernel, start_pfn: number, end_pfn: number): number | undefined {
  return k.state.memmap.first(start_pfn, end_pfn, isReserved);
}

/** The first page of the range that is in the set, of which there are few. */
function firstOf(
  pfns: ReadonlySet<number>, start_pfn: number, end_pfn: number,
): number | undefined {
  let first: number | undefined;
  for (const pfn of pfns) {
    if (pfn >= start_pfn && pfn < (first ?? end_pfn)) first = pfn;
  }
  return first;
}

/**
 * A page of the range, which lies in one pageblock, that cannot be moved; undefined: none found,
 * which is a guess. Pages without a reference are passed over whether they are free, on a per-cpu
 * list or between the two, and so are huge pages of 2 MiB, free or not.
 * @kernel mm/page_isolation.c v6.12 reduced: no CMA; what cannot be moved is told by
 *   `state.unmovable`, by the memmap and by page-level state
 */
export function has_unmovable_pages(
  k: Kernel, start_pfn: number, end_pfn: number,
): number | undefined {
  if (isTrusted(k, start_pfn)) return undefined;
  const found = unmovablePage(k, start_pfn, end_pfn);
  if (found !== undefined && k.config.movable_refusal_warns === 'who_looks') {
    warnOfMovable(k, k.page_zone(start_pfn), 'has_unmovable_pages');
  }
  return found;
}

/** No page of the pageblock is looked at. */
function isTrusted(k: Kernel, pfn: number): boolean {
  const { isolation_trusts } = k.config;
  if (isolation_trusts === 'nothing') return false;
  return k.page_zone(pfn)?.index === ZONE_MOVABLE || (isolation_trusts === 'movable_blocks' &&
    k.get_pageblock_migratetype(pfn) === MIGRATE_MOVABLE);
}

function unmovablePage(k: Kernel, start_pfn: number, end_pfn: number): number | undefined {
  const reserved = reservedPage(k, start_pfn, end_pfn);
  if (reserved !== undefined) return reserved;
  const movable = k.page_zone(start_pfn)?.index === ZONE_MOVABLE;
  if (movable && k.config.movable_zone_trusted) return undefined;
  const huge = k.config.gigantic_migratable ? undefined : k.state.gigantic.find(
    ({ pfn, nr_pages }) => pfn < end_pfn && start_pfn < pfn + nr_pages);
  if (huge !== undefined) return Math.max(start_pfn, huge.pfn);
  const told = firstOf(k.state.unmovable, start_pfn, end_pfn);
  if (told !== undefined) return told;
  return k.state.pages?.findUnmovable(start_pfn, end_pfn, !k.config.slab_pages_frozen);
}

/** WARN_ON_ONCE(zone_idx(zone) == ZONE_MOVABLE). */
function warnOfMovable(k: Kernel, zone: Zone | undefined, fn: string): void {
  if (zone?.index !== ZONE_MOVABLE) return;
  if (k.state.faults.some((fault) => fault.kind === 'warning' && fault.fn === fn)) return;
  k.WARN(fn, 'a pageblock of ZONE_MOVABLE cannot be isolated');
}

/** The pageblock is not isolated, for `unmovable` if that is a page. */
function refuse(
  k: Kernel, zone: Zone, mode: IsolateMode, unmovable: number | undefined,
): number {
  const { movable_refusal_warns, unmovable_dumped } = k.config;
  if (movable_refusal_warns === 'who_isolates') warnOfMovable(k, zone, 'set_migratetype_isolate');
  const isDumped = unmovable_dumped === 'always' ||
    (unmovable_dumped === 'offline' && mode === 'MEM_OFFLINE');
  if (unmovable !== undefined && isDumped) k.pr_warn('page dumped because: unmovable page');
  return -EBUSY;
}

/**
 * Isolates one pageblock.
 * @kernel mm/page_isolation.c v7.3 full: what mode decides of single pages is told by the state
 */
export function* set_migratetype_isolate(
  k: Kernel, pfn: number, start_pfn: number, end_pfn: number,
  mode: IsolateMode = 'MEM_OFFLINE',
): Preempt<number> {
  const zone = k.page_zone(pfn);
  if (zone === undefined) return -EBUSY;
  const refuses = k.config.isolated_again === 'refused';
  if (refuses && k.get_pageblock_migratetype(pfn) === MIGRATE_ISOLATE) {
    return refuse(k, zone, mode, undefined);
  }
  const unmovable = k.has_unmovable_pages(
    Math.max(pfn, start_pfn), Math.min(pfn + pageblock_nr_pages, end_pfn));
  if (unmovable !== undefined) return refuse(k, zone, mode, unmovable);
  zone.nr_isolate_pageblock += 1;
  k.move_freepages_block_isolate(pfn, 'Isolate');
  if (k.config.isolate_drains) yield* k.drain_all_pages(zone);
  return 0;
}

/** Free pages of a large order that touch the pageblock become one block with their buddy. */
function mergesBack(k: Kernel, pfn: number, code: number): boolean {
  const { pages } = k.state;
  const order = pages?.freeOrder(pfn) ?? -1;
  if (pages === undefined || order < pageblock_order || order >= MAX_PAGE_ORDER) return false;
  const buddy = pfn % 2 ** (order + 1) === 0 ? pfn + 2 ** order : pfn - 2 ** order;
  if (pages.freeOrder(buddy) !== order) return false;
  if (k.get_pageblock_migratetype(buddy) === MIGRATE_ISOLATE) return false;
  const slot = pages.slot(pfn);
  const zone = k.page_zone(pfn);
  const { zone: zones } = pages.arena;
  const ofBuddy = zones[pages.slot(buddy) >>> pageblock_order];
  if (zone === undefined || zones[slot >>> pageblock_order] !== ofBuddy) return false;
  pages.lists.remove(pages.zonePages(zone), slot);
  pages.arena.blockType[slot >>> pageblock_order] = code;
  k.__free_one_page(slot, zone, order, code, k.config.moved_to_tail ? FPI_TO_TAIL : FPI_NONE);
  return true;
}

/**
 * Ends the isolation of a pageblock; it gets back the type that it kept beside, or `migratetype`.
 * @kernel mm/page_isolation.c v7.3 full; with the argument of v6.16
 */
export function unset_migratetype_isolate(k: Kernel, pfn: number, migratetype: MigrateType): void {
  const zone = k.page_zone(pfn);
  if (zone === undefined || k.get_pageblock_migratetype(pfn) !== MIGRATE_ISOLATE) return;
  const code = k.state.pageblocks.under(pfn) ?? migratetypeCode(migratetype);
  if (mergesBack(k, pfn, code)) k.state.pageblocks.set(pfn, pfn + pageblock_nr_pages, code);
  else k.move_freepages_block_isolate(pfn, migratetypes[code] ?? migratetype);
  zone.nr_isolate_pageblock -= 1;
}

/** split_free_page(): a free block that reaches over the boundary is one for each pageblock. */
function splitAt(k: Kernel, boundary_pfn: number): void {
  const { pages } = k.state;
  const zone = k.pfn_to_online_page(boundary_pfn - 1) ? k.page_zone(boundary_pfn - 1) : undefined;
  if (pages === undefined || zone === undefined) return;
  const before = pages.slot(boundary_pfn - 1);
  const block = pages.lists.blockOf(before);
  if (block < 0 || block + (1 << (pages.arena.order[block] as number)) <= before + 1) return;
  const end = block + (1 << pages.lists.remove(pages.zonePages(zone), block));
  for (let slot = block; slot < end; slot += pageblock_nr_pages) {
    k.__free_one_page(slot, zone, pageblock_order, pages.typeOf(slot), FPI_NONE);
  }
}

/**
 * A folio in use reaches over the boundary: up to v6.9 it is moved at once, up to v6.11 huge pages
 * are, later they are passed over, for who isolates the range moves them; others are refused.
 */
function* reachesOver(k: Kernel, boundary_pfn: number): Preempt<number> {
  const folio = k.page_folio(boundary_pfn - 1);
  if (folio === undefined || folio.pfn + folio.nr_pages <= boundary_pfn) return 0;
  if (k.config.reaching_over === 'huge_passed') return folio.hugetlb ? 0 : -EBUSY;
  if (!folio.hugetlb && (!folio.lru || k.config.reaching_over === 'huge_moved')) return -EBUSY;
  return yield* k.__alloc_contig_migrate_range(folio.pfn, folio.pfn + folio.nr_pages);
}

/**
 * Isolates the pageblock before or behind a boundary, all of which must be movable then. What
 * reaches over the boundary may have been isolated with it (`skip_isolation`).
 * @kernel mm/page_isolation.c v7.3 full: one folio or free block reaches over the boundary at most
 */
export function* isolate_single_pageblock(
  k: Kernel, boundary_pfn: number, mode: IsolateMode, isolate_before: boolean,
  skip_isolation: boolean,
): Preempt<number> {
  const pfn = isolate_before ? boundary_pfn - pageblock_nr_pages : boundary_pfn;
  const before = k.config.refused_end_becomes === 'movable' ? undefined
    : migratetypes[k.get_pageblock_migratetype(pfn)];
  if (!skip_isolation) {
    yield 'set_migratetype_isolate';
    if (!k.pfn_to_online_page(pfn)) return 0;
    const error = yield* k.set_migratetype_isolate(pfn, pfn, pfn + pageblock_nr_pages, mode);
    if (error !== 0) return error;
  }
  // From v6.10 on whoever moves the free pages of a pageblock has split the block.
  if (k.config.migratetype_cached) splitAt(k, boundary_pfn);
  const error = yield* reachesOver(k, boundary_pfn);
  if (error !== 0 && !skip_isolation) k.unset_migratetype_isolate(pfn, before ?? 'Movable');
  return error === 0 ? 0 : -EBUSY;
}

/**
 * Isolates every pageblock of the range, or none: then the result is below 0. Both ends are first,
 * because something may reach over them. Where isolation is a migratetype, `migratetype` is what a
 * refusal gives the pageblocks.
 * @kernel mm/page_isolation.c v7.3 full; up to v5.18: page_isolation_before_5_19.ts
 */
export function* start_isolate_page_range(
  k: Kernel, start_pfn: number, end_pfn: number, migratetype: MigrateType,
  mode: IsolateMode = 'MEM_OFFLINE',
): Preempt<number> {
  const start = roundDown(start_pfn, pageblock_nr_pages);
  const end = roundUp(end_pfn, pageblock_nr_pages);
  const last = end - pageblock_nr_pages;
  const first = yield* k.isolate_single_pageblock(start, mode, false, false);
  if (first !== 0) return first;
  const error = yield* k.isolate_single_pageblock(end, mode, true, start === last);
  if (error !== 0) {
    k.unset_migratetype_isolate(start, migratetype);
    return error;
  }
  for (let pfn = start + pageblock_nr_pages; pfn < last; pfn += pageblock_nr_pages) {
    yield 'set_migratetype_isolate';
    if (!k.pfn_to_online_page(pfn)) continue;
    if ((yield* k.set_migratetype_isolate(pfn, start_pfn, end_pfn, mode)) === 0) continue;
    k.undo_isolate_page_range(start, pfn, migratetype);
    k.unset_migratetype_isolate(last, migratetype);
    return -EBUSY;
  }
  return 0;
}

/** @kernel mm/page_isolation.c v7.3 full; with the argument of v6.16 */
export function undo_isolate_page_range(
  k: Kernel, start_pfn: number, end_pfn: number, migratetype: MigrateType,
): void {
  const end = roundUp(end_pfn, pageblock_nr_pages);
  for (let pfn = roundDown(start_pfn, pageblock_nr_pages); pfn < end; pfn += pageblock_nr_pages) {
    if (k.pfn_to_online_page(pfn)) k.unset_migratetype_isolate(pfn, migratetype);
  }
}

/**
 * The first page of the range that is neither free nor withheld without a reference; `end_pfn`
 * when there is none. Who takes memory offline passes over pages whose memory failed. Without
 * page-level state only `state.unmovable` stands in the way.
 * @kernel mm/page_isolation.c v7.3 reduced: a free page whose memory failed counts as free
 */
export function __test_page_isolated_in_pageblock(
  k: Kernel, start_pfn: number, end_pfn: number, mode: IsolateMode = 'MEM_OFFLINE',
): number {
  const { pages, unmovable, withheld_unreferenced, gigantic } = k.state;
  // What nobody looked at before is isolated, and in the way now.
  const left = k.config.isolation_trusts === 'nothing' ? undefined
    : reservedPage(k, start_pfn, end_pfn) ?? firstOf(unmovable, start_pfn, end_pfn);
  if (left !== undefined) return left;
  const huge = gigantic.find((one) => one.pfn < end_pfn && start_pfn < one.pfn + one.nr_pages);
  if (huge !== undefined) return Math.max(start_pfn, huge.pfn);
  if (pages !== undefined) {
    const isLeft = (pfn: number): boolean => pagesIn(withheld_unreferenced, pfn, 1) === 1;
    const offline = mode === 'MEM_OFFLINE';
    return pages.firstNotFree(start_pfn, end_pfn, offline, offline ? isLeft : undefined);
  }
  let first = end_pfn;
  for (const pfn of unmovable) if (pfn >= start_pfn && pfn < first) first = pfn;
  return first;
}

/** @kernel mm/page_isolation.c v7.3 full */
export function test_pages_isolated(
  k: Kernel, start_pfn: number, end_pfn: number, mode: IsolateMode = 'MEM_OFFLINE',
): number {
  if (k.config.hugetlb_waited_for) k.wait_for_freed_hugetlb_folios();
  let pfn = start_pfn;
  for (; pfn < end_pfn; pfn += pageblock_nr_pages) {
    if (k.pfn_to_online_page(pfn) && k.get_pageblock_migratetype(pfn) !== MIGRATE_ISOLATE) break;
  }
  if (pfn >= end_pfn) pfn = k.__test_page_isolated_in_pageblock(start_pfn, end_pfn, mode);
  else if (k.config.isolation_test_told === 'of_pages') return -EBUSY;
  k.trace_test_pages_isolated(start_pfn, end_pfn, pfn);
  return pfn < end_pfn ? -EBUSY : 0;
}
