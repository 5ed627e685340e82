/** mm/page_alloc.c: a given range is allocated, all pages of it. */
import { roundDown, roundUp } from '../../../base/pfn.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY } from '../../include/errno.js';
import { MAX_PAGE_ORDER, NUMA_NO_NODE, pageblock_nr_pages, type MigrateType }
  from '../../include/mmzone.js';
import type { MigrationTargetControl } from '../migrate.js';

/** Pages that leave go near where they are, or up to v5.8 near the task. */
function target(k: Kernel): MigrationTargetControl {
  const nid = k.config.contig_moves_near === 'task' ? k.numa_node_id() : NUMA_NO_NODE;
  return { nid, nodes: undefined, gfp: 'GFP_USER+__GFP_MOVABLE' };
}

/**
 * Moves away what can be moved out of the range, which is isolated. Free huge pages are replaced
 * by others.
 * @returns 0 or -ENOMEM
 * @kernel mm/page_alloc.c v6.12 reduced: no reclaim of clean pages; without page-level state there
 *   is nothing to move, and migration does not fail
 */
export function* __alloc_contig_migrate_range(
  k: Kernel, start: number, end: number,
): Preempt<number> {
  yield* k.lru_cache_disable();
  const { pages } = k.state;
  const error = yield* k.isolate_or_dissolve_huge_pages(start, end);
  if (error === 0 && pages !== undefined) yield* k.migrate_pages(start, end, target(k));
  k.lru_cache_enable();
  return error;
}

/** What is isolated is moved, then tested, then taken. */
function* take(k: Kernel, start: number, end: number): Preempt<number> {
  const zone = k.page_zone(start);
  const { contig_drains } = k.config;
  if (contig_drains === 'after_isolation') yield* k.drain_all_pages(zone);
  const error = yield* k.__alloc_contig_migrate_range(start, end);
  if (error !== 0 && error !== -EBUSY) return error;
  if (k.config.hugetlb_contig_replaced) {
    const none = yield* k.replace_free_hugepage_folios(start, end);
    if (none !== 0) return none;
  }
  if (contig_drains === 'before_test') {
    yield* k.lru_add_drain_all();
    yield* k.drain_all_pages(zone);
  }
  const block = k.state.pages?.freeBlockWith(start) ?? -1;
  const outer_start = block < 0 ? start : block;
  // A page that could not be moved may be free by now.
  const inUse = k.test_pages_isolated(outer_start, end, 'OTHER');
  if (inUse !== 0) return inUse;
  const outer_end = k.isolate_freepages_range(outer_start, end);
  if (outer_end === 0) return -EBUSY;
  giveBack(k, outer_start, start);
  giveBack(k, end, outer_end);
  return 0;
}

/**
 * What a free block had before the range or behind it, page by page: it is isolated, so that no
 * list gets it, and who comes in between sees pages that nobody can allocate either way.
 */
function giveBack(k: Kernel, start: number, end: number): void {
  if (start >= end) return;
  k.accept_withheld_pages(start, end - start);
  k.state.pages?.allocateRange(start, end);
  for (let pfn = start; pfn < end; pfn += 1) {
    k.free_pages_prepare(pfn, 0);
    k.free_one_page(pfn, 0);
  }
}

/** What is isolated for a range: up to v5.18 whole blocks of the largest order. */
function isolatedFor(k: Kernel, start: number, end: number): readonly [number, number] {
  const unit = k.config.contig_isolates_largest ? 2 ** MAX_PAGE_ORDER : pageblock_nr_pages;
  return [roundDown(start, unit), roundUp(end, unit)];
}

/**
 * Allocates exactly these pages: isolates them, moves what is there, takes them.
 * @returns 0 or a negative errno
 * @kernel mm/page_alloc.c v6.12 reduced: no CMA; without page-level state no page is in use but
 *   those of `state.unmovable`
 */
export function* alloc_contig_range(
  k: Kernel, start: number, end: number, migratetype: MigrateType,
): Preempt<number> {
  const [first, last] = isolatedFor(k, start, end);
  const refused = yield* k.start_isolate_page_range(first, last, migratetype, 'OTHER');
  if (refused < 0 && !k.config.contig_undoes_refusal) return refused;
  const error = refused < 0 ? refused : yield* take(k, start, end);
  k.undo_isolate_page_range(first, last, migratetype);
  return error;
}

/**
 * Allocates the pages of a range for a caller that uses them.
 * @returns 0 or a negative errno
 * @kernel mm/page_alloc.c v6.12 reduced: the range is not looked for
 */
export function* __alloc_contig_pages(
  k: Kernel, start_pfn: number, nr_pages: number,
): Preempt<number> {
  const end_pfn = start_pfn + nr_pages;
  const error = yield* k.alloc_contig_range(start_pfn, end_pfn, 'Movable');
  if (error !== 0) return error;
  k.accept_withheld_pages(start_pfn, nr_pages);
  k.state.pages?.allocateRange(start_pfn, end_pfn);
  return 0;
}

/**
 * Frees them: one by one, or (from v7.2) as the largest blocks that they make up.
 * @kernel mm/page_alloc.c v7.3 full: __free_contig_range() with it
 */
export function* free_contig_range(
  k: Kernel, start_pfn: number, nr_pages: number, cpu: number,
): Preempt<void> {
  const zone = k.page_zone(start_pfn);
  const { pages } = k.state;
  if (pages === undefined) {
    if (zone !== undefined) zone.nr_free_pages += nr_pages;
    return;
  }
  // Nobody may have allocated it: there is nothing to free.
  const isFree = (pfn: number): boolean => pages.lists.isListed(pages.slot(pfn));
  const end = start_pfn + nr_pages;
  let first = start_pfn;
  for (let pfn = start_pfn; pfn <= end; pfn += 1) {
    const free = pfn === end || isFree(pfn);
    if (!k.config.contig_frees_blocks) {
      if (!free) yield* k.free_unref_page(pfn, 0, cpu);
    } else if (free) {
      yield* k.free_prepared_contig_range(first, pfn - first, cpu);
      first = pfn + 1;
    } else k.free_pages_prepare(pfn, 0);
  }
}
