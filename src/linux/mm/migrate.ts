/** mm/migrate.c: pages and huge pages move elsewhere. */
import type { Kernel, Preempt } from '../base/kernel.js';
import { UNNAMED, type HugeFolio } from '../include/hugetlb.js';
import { ENOMEM } from '../include/errno.js';
import { NUMA_NO_NODE, ZONE_MOVABLE, type Zone } from '../include/mmzone.js';

/** struct migration_target_control: where pages that move may go. */
export interface MigrationTargetControl {
  /** The node whose zonelist is taken; NUMA_NO_NODE: that of the page. */
  readonly nid: number;
  /** Undefined: all. */
  readonly nodes: ReadonlySet<number> | undefined;
  readonly gfp: string;
}

/**
 * The zone that the new page is taken from; undefined: none has room for it.
 * @kernel mm/migrate.c v7.3 reduced: the new page is not taken, and reclaim frees none for it
 */
export function alloc_migration_target(
  k: Kernel, pfn: number, mtc: MigrationTargetControl,
): Zone | undefined {
  const order = k.state.pages?.allocatedOrder(pfn) ?? 0;
  const own = k.page_zone(pfn);
  const large = order > 0 ? '+GFP_TRANSHUGE' : '';
  const movable = own?.index === ZONE_MOVABLE ? '+__GFP_HIGHMEM' : '';
  const nid = mtc.nid === NUMA_NO_NODE ? own?.nid ?? 0 : mtc.nid;
  const ac = k.prepare_alloc_pages(`${mtc.gfp}${large}${movable}`, order, nid);
  for (const wmark of ['low', 'min'] as const) {
    for (const { zone, zone_idx } of ac.zonelist) {
      if (zone_idx > ac.highest_zoneidx || mtc.nodes?.has(zone.nid) === false) continue;
      const mark = k.wmark_pages(zone, wmark);
      if (k.__zone_watermark_ok(zone, order, mark, ac.classzone_idx, { wmark })) return zone;
    }
  }
  return undefined;
}

/**
 * Moves pages out of the range one by one; each is freed where it was. Huge pages have been moved
 * before, or could not be. One that somebody holds on to stays, and so does one that there is no
 * other place for.
 * @kernel mm/migrate.c v7.3 reduced: the new page is not taken, and nothing else fails
 */
export function* migrate_pages(
  k: Kernel, start: number, end: number, mtc: MigrationTargetControl,
): Preempt<void> {
  const { pages } = k.state;
  if (pages === undefined) return;
  let from = start;
  for (let pfn = pages.findMovable(from, end); pfn >= 0; pfn = pages.findMovable(from, end)) {
    const order = pages.allocatedOrder(pfn);
    const isHuge = k.folio_test_hugetlb(pfn) !== undefined;
    const target = isHuge || pages.isPinned(pfn) ? undefined : k.alloc_migration_target(pfn, mtc);
    from = target === undefined ? pfn + 2 ** order : pfn;
    if (target === undefined) continue;
    yield 'migrate_pages';
    if (pages.findMovable(pfn, pfn + 1) !== pfn) continue;
    k.state.pages_moved_to[target.nid] = (k.state.pages_moved_to[target.nid] ?? 0) + 2 ** order;
    yield* k.free_unref_page(pfn, order, 0);
  }
}

/** What was used at one place is used at the other: who has it goes along. */
function changePlaces(k: Kernel, one: HugeFolio, other: HugeFolio): void {
  const { pfn, nid, zone, temporary } = one;
  one.pfn = other.pfn;
  one.nid = other.nid;
  one.zone = other.zone;
  one.temporary = other.temporary;
  Object.assign(other, { pfn, nid, zone, temporary });
  for (const folio of [one, other]) {
    if (folio.pfn !== UNNAMED) k.state.hugetlb.by_pfn.set(folio.pfn, folio);
  }
}

/**
 * Moves one huge page that was isolated; the old one goes to the free list of the pool when the new
 * one came from it. One that its task has given back meanwhile is freed.
 * @returns 0 or -ENOMEM
 * @kernel mm/migrate.c v6.12 reduced: nobody else has a reference, nothing fails but memory
 */
export function* unmap_and_move_huge_page(
  k: Kernel, folio: HugeFolio, nodes: ReadonlySet<number> | undefined, cpu: number,
  allow_alloc_fallback = true,
): Preempt<number> {
  yield 'migrate_pages';
  const fresh = yield* k.alloc_hugetlb_folio_nodemask(
    folio.nid, nodes, cpu, allow_alloc_fallback);
  if (fresh === undefined || folio.unused) {
    const error = folio.unused ? 0 : -ENOMEM;
    if (fresh !== undefined) yield* k.free_huge_folio(fresh, cpu);
    yield* k.folio_putback_hugetlb(folio, cpu);
    return error;
  }
  const movable = k.move_hugetlb_state(folio, fresh);
  changePlaces(k, folio, fresh);
  folio.isolated = false;
  k.folio_set_hugetlb_migratable(folio, movable);
  yield* k.free_huge_folio(fresh, cpu);
  return 0;
}
