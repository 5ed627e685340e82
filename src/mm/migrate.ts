/** What moves out of a range that goes offline: mm/memory_hotplug.c, mm/migrate.c. */
import type { Kernel, Preempt } from './kernel.js';
import { EBUSY, ENOENT } from './mmzone.js';

/**
 * The first page of the range that can be moved away; -ENOENT: none is left; -EBUSY: a driver
 * holds on to a page that it withholds. All others are passed over in silence.
 * @kernel mm/memory_hotplug.c v6.12 reduced: no hugetlb; without page-level state nothing that
 *   can be moved is left
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
  if (pages.traced) yield 'migrate_pages';
  else yield* k.migrate_pages(start, end);
  k.mm_migrate_pages();
}

/** Migration begins. @kernel include/trace/events/migrate.h v6.12 stub: counts nothing */
export function mm_migrate_pages_start(_k: Kernel): void {}

/** Migration has ended. @kernel include/trace/events/migrate.h v6.12 stub: counts nothing */
export function mm_migrate_pages(_k: Kernel): void {}

/**
 * Moves pages out of the range one by one; each is freed where it was.
 * @kernel mm/migrate.c v6.12 reduced: the new page is not modelled, and nothing fails
 */
export function* migrate_pages(k: Kernel, start: number, end: number): Preempt<void> {
  const { pages } = k.state;
  if (pages === undefined) return;
  for (let pfn = pages.findMovable(start, end); pfn >= 0; pfn = pages.findMovable(pfn, end)) {
    const order = pages.allocatedOrder(pfn);
    yield 'migrate_pages';
    if (pages.findMovable(pfn, pfn + 1) === pfn) yield* k.free_unref_page(pfn, order, 0);
  }
}
