/** mm/memory_hotplug.c: what moves out of a range that goes offline. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY, ENOENT } from '../../include/errno.js';
import { pages_per_huge_page, type HugeFolio } from '../../include/hugetlb.js';
import type { MigrationTargetControl } from '../migrate.js';

/** The first page of a huge page of 1 GiB in use that the scan sees, -1: none. */
function gigantic(k: Kernel, start: number, end: number): number {
  if (!k.config.gigantic_migratable) return -1;
  const folio = k.state.gigantic.find(({ pfn, nr_pages, used }) =>
    used && pfn < end && start < pfn + nr_pages);
  if (folio === undefined) return -1;
  if (k.config.gigantic_found_by === 'head') return folio.pfn >= start ? folio.pfn : -1;
  return Math.max(start, folio.pfn);
}

function firstMovable(k: Kernel, start: number, end: number): number {
  const found = [gigantic(k, start, end), k.state.pages?.findMovable(start, end) ?? -1]
    .filter((pfn) => pfn >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}

/**
 * The first page of the range that can be moved away; -ENOENT: none is left; -EBUSY: a driver
 * holds on to a page that it withholds. All others are passed over in silence.
 * Huge pages that are free or not to be had are among those.
 * @kernel mm/memory_hotplug.c v7.3 reduced: without page-level state nothing that can be moved is
 *   left
 */
export function scan_movable_pages(k: Kernel, start: number, end: number): number {
  const found = firstMovable(k, start, end);
  const limit = found >= 0 ? found : end;
  if (k.nr_referenced_pages(start, limit - start) > 0) return -EBUSY;
  return found >= 0 ? found : -ENOENT;
}

/** So many pages are moved at a time, to v4.19. */
const NR_OFFLINE_AT_ONCE_PAGES = 256;

/**
 * Up to v4.19: a page in use that is on no LRU list puts back all that were to be moved with it.
 * Of HWPoison pages that is true as of any (up to v4.19; a patch of 2018-12-03 passes over them).
 * @kernel mm/memory_hotplug.c v4.19 custom: the part of do_migrate_range() that fails to isolate
 */
export function page_stops_migration(k: Kernel, pfn: number): boolean {
  return k.config.migration_gives_up && (k.state.pages?.findOffLru(pfn, pfn + 1) ?? -1) === pfn;
}

/** One of the pages that would move together stops them all. */
function isStopped(k: Kernel, start: number, end: number): boolean {
  const { pages } = k.state;
  if (pages === undefined || !k.config.migration_gives_up) return false;
  let left = NR_OFFLINE_AT_ONCE_PAGES;
  let last = start;
  for (; left > 0; left -= 1) {
    const pfn = pages.findMovable(last, end);
    if (pfn < 0) break;
    last = pfn + 2 ** pages.allocatedOrder(pfn);
  }
  const until = left > 0 ? end : last;
  for (let pfn = start; pfn < until; pfn += 1) {
    pfn = pages.findOffLru(pfn, until);
    if (pfn < 0) return false;
    if (k.page_stops_migration(pfn)) return true;
  }
  return false;
}

/** do_migrate_range() will move nothing of the range.
 * @kernel mm/memory_hotplug.c v4.14 custom: that it returned -EBUSY */
export function range_stops_migration(k: Kernel, start: number, end: number): boolean {
  return isStopped(k, start, end);
}

/** Nodes that pages of this one may move to: others with memory; itself where there are none. */
function targetNodes(k: Kernel, nid: number): Set<number> {
  const nodes = new Set(k.state.node_states.memory);
  nodes.delete(nid);
  return nodes.size === 0 ? nodes.add(nid) : nodes;
}

function elsewhere(k: Kernel, nid: number): MigrationTargetControl {
  return { nid, nodes: targetNodes(k, nid), gfp: 'GFP_USER+__GFP_MOVABLE' };
}

/**
 * Moves every page of the range that can be moved.
 * @kernel mm/memory_hotplug.c v7.3 reduced: without page-level state there is nothing to move
 */
export function* do_migrate_range(k: Kernel, start: number, end: number): Preempt<void> {
  yield 'do_migrate_range';
  const { pages } = k.state;
  if (k.config.gigantic_moved) yield* k.migrate_gigantic_folio(start, end);
  if (pages === undefined || isStopped(k, start, end)) return;
  k.mm_migrate_pages_start();
  yield* k.migrate_hugetlbs(start, end);
  yield* k.migrate_pages(start, end, elsewhere(k, k.page_zone(start)?.nid ?? 0));
  k.mm_migrate_pages();
}

/**
 * Huge pages in use move out of the range that goes offline, to other nodes where there are some.
 * @kernel mm/memory_hotplug.c v6.12 custom: the part of do_migrate_range() for huge pages, which
 *   migrate_pages() moves first
 */
export function* migrate_hugetlbs(k: Kernel, start: number, end: number): Preempt<void> {
  const { hugetlb, running_cpu } = k.state;
  if (hugetlb.by_pfn.size === 0) return;
  const isolated: HugeFolio[] = [];
  for (let pfn = start; pfn < end; pfn += pages_per_huge_page - (pfn % pages_per_huge_page)) {
    const folio = k.folio_test_hugetlb(pfn);
    if (folio !== undefined && k.isolate_hugetlb(folio)) isolated.push(folio);
  }
  const nid = isolated[0]?.nid;
  if (nid === undefined) return;
  const nodes = targetNodes(k, nid);
  for (const folio of isolated) {
    yield* k.unmap_and_move_huge_page(folio, nodes, running_cpu);
  }
}
