/** mm/migrate.c: pages and huge pages move elsewhere. */
import type { Kernel, Preempt } from '../base/kernel.js';
import { UNNAMED, type HugeFolio } from '../include/hugetlb.js';
import { ENOMEM } from '../include/errno.js';

/**
 * Moves pages out of the range one by one; each is freed where it was. Huge pages have been moved
 * before, or could not be. One that somebody holds on to stays.
 * @kernel mm/migrate.c v7.2 reduced: the new page is not modelled, and nothing else fails
 */
export function* migrate_pages(k: Kernel, start: number, end: number): Preempt<void> {
  const { pages } = k.state;
  if (pages === undefined) return;
  let from = start;
  for (let pfn = pages.findMovable(from, end); pfn >= 0; pfn = pages.findMovable(from, end)) {
    const order = pages.allocatedOrder(pfn);
    const isHuge = k.folio_test_hugetlb(pfn) !== undefined;
    const stays = isHuge || pages.isPinned(pfn);
    from = stays ? pfn + 2 ** order : pfn;
    if (stays) continue;
    yield 'migrate_pages';
    if (pages.findMovable(pfn, pfn + 1) === pfn) yield* k.free_unref_page(pfn, order, 0);
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
): Preempt<number> {
  yield 'migrate_pages';
  const fresh = yield* k.alloc_hugetlb_folio_nodemask(folio.nid, nodes, cpu);
  if (fresh === undefined || folio.unused) {
    const error = folio.unused ? 0 : -ENOMEM;
    if (fresh !== undefined) yield* k.free_huge_folio(fresh, cpu);
    yield* k.folio_putback_hugetlb(folio, cpu);
    return error;
  }
  k.move_hugetlb_state(folio, fresh);
  changePlaces(k, folio, fresh);
  folio.isolated = false;
  k.folio_set_hugetlb_migratable(folio, true);
  yield* k.free_huge_folio(fresh, cpu);
  return 0;
}
