/** What moves out of a range that goes offline: mm/memory_hotplug.c, mm/migrate.c. */
import type { Kernel, Preempt } from '../base/kernel.js';
import { EBUSY, ENOENT } from '../include/errno.js';

/**
 * The first page of the range that can be moved away; -ENOENT: none is left; -EBUSY: a driver
 * holds on to a page that it withholds. All others are passed over in silence.
 * Huge pages that are free or not to be had are among those.
 * @kernel mm/memory_hotplug.c v6.12 reduced: without page-level state nothing that can be moved is
 *   left
 */
export function scan_movable_pages(k: Kernel, start: number, end: number): number {
  const found = k.state.pages?.findMovable(start, end) ?? -1;
  const limit = found >= 0 ? found : end;
  if (k.nr_referenced_pages(start, limit - start) > 0) return -EBUSY;
  return found >= 0 ? found : -ENOENT;
}

/**
 * Moves every page of the range that can be moved.
 * @kernel mm/memory_hotplug.c v6.12 reduced: without page-level state there is nothing to move
 */
export function* do_migrate_range(k: Kernel, start: number, end: number): Preempt<void> {
  yield 'do_migrate_range';
  const { pages } = k.state;
  if (pages === undefined) return;
  k.mm_migrate_pages_start();
  yield* k.migrate_hugetlbs(start, end);
  if (pages.outside?.moves === true) yield 'migrate_pages';
  else yield* k.migrate_pages(start, end);
  k.mm_migrate_pages();
}

/** Migration begins. @kernel include/trace/events/migrate.h v6.12 stub: counts nothing */
export function mm_migrate_pages_start(_k: Kernel): void {}

/** Migration has ended. @kernel include/trace/events/migrate.h v6.12 stub: counts nothing */
export function mm_migrate_pages(_k: Kernel): void {}

/**
 * Moves pages out of the range one by one; each is freed where it was. Huge pages have been moved
 * before, or could not be.
 * @kernel mm/migrate.c v6.12 reduced: the new page is not modelled, and nothing fails
 */
export function* migrate_pages(k: Kernel, start: number, end: number): Preempt<void> {
  const { pages } = k.state;
  if (pages === undefined) return;
  let from = start;
  for (let pfn = pages.findMovable(from, end); pfn >= 0; pfn = pages.findMovable(from, end)) {
    const order = pages.allocatedOrder(pfn);
    const isHuge = k.folio_test_hugetlb(pfn) !== undefined;
    from = isHuge ? pfn + 2 ** order : pfn;
    if (isHuge) continue;
    yield 'migrate_pages';
    if (pages.findMovable(pfn, pfn + 1) === pfn) yield* k.free_unref_page(pfn, order, 0);
  }
}
