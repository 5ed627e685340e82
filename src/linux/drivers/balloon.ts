/**
 * Who withholds pages from the buddy allocator: the online page callback and the drivers that
 * replace it (Xen balloon, Hyper-V, virtio-mem), and balloons that take pages back.
 */
import type { Kernel } from '../base/kernel.js';
import { EINVAL } from '../include/errno.js';
import type { OnlinePageCallback, WithheldRange, Zone } from '../include/mmzone.js';

/** Index of the first range that ends above pfn. */
function find(ranges: readonly WithheldRange[], pfn: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const mid = Math.floor((low + high) / 2);
    const range = ranges[mid];
    if (range !== undefined && range.start_pfn + range.nr_pages <= pfn) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Pages of [start_pfn, start_pfn + nr_pages) that the ranges hold. */
function covered(ranges: readonly WithheldRange[], start_pfn: number, nr_pages: number): number {
  const end = start_pfn + nr_pages;
  let pages = 0;
  for (let i = find(ranges, start_pfn); i < ranges.length; i += 1) {
    const range = ranges[i];
    if (range === undefined || range.start_pfn >= end) break;
    const stop = Math.min(end, range.start_pfn + range.nr_pages);
    pages += stop - Math.max(start_pfn, range.start_pfn);
  }
  return pages;
}

/** Adds a range that does not overlap another; merges it with its neighbours. */
function add(ranges: WithheldRange[], start_pfn: number, nr_pages: number): void {
  const index = find(ranges, start_pfn);
  const before = ranges[index - 1];
  const after = ranges[index];
  const joinsBefore = before !== undefined && before.start_pfn + before.nr_pages === start_pfn;
  const joinsAfter = after !== undefined && start_pfn + nr_pages === after.start_pfn;
  const first = joinsBefore ? before.start_pfn : start_pfn;
  const pages = nr_pages + (joinsBefore ? before.nr_pages : 0) + (joinsAfter ? after.nr_pages : 0);
  const removed = (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0);
  ranges.splice(index - (joinsBefore ? 1 : 0), removed, { start_pfn: first, nr_pages: pages });
}

/** Takes [start_pfn, start_pfn + nr_pages) out, which one range holds. */
function cut(ranges: WithheldRange[], start_pfn: number, nr_pages: number): void {
  const index = find(ranges, start_pfn);
  const range = ranges[index];
  if (range === undefined) return;
  const head = start_pfn - range.start_pfn;
  const tail = range.nr_pages - head - nr_pages;
  const kept: WithheldRange[] = [];
  if (head > 0) kept.push({ start_pfn: range.start_pfn, nr_pages: head });
  if (tail > 0) kept.push({ start_pfn: start_pfn + nr_pages, nr_pages: tail });
  ranges.splice(index, 1, ...kept);
}

/** Takes whatever the ranges hold of [start_pfn, start_pfn + nr_pages) out. */
function cutAll(ranges: WithheldRange[], start_pfn: number, nr_pages: number): void {
  const end = start_pfn + nr_pages;
  for (;;) {
    const range = ranges[find(ranges, start_pfn)];
    if (range === undefined || range.start_pfn >= end) return;
    const first = Math.max(start_pfn, range.start_pfn);
    cut(ranges, first, Math.min(end, range.start_pfn + range.nr_pages) - first);
  }
}

/**
 * How many pages of the range a driver withholds.
 * @kernel include/linux/page-flags.h v6.12 custom: counts PageOffline() pages
 */
export function nr_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): number {
  return covered(k.state.withheld, start_pfn, nr_pages);
}

/**
 * A driver withholds these pages: PageOffline, reference count 1, not managed.
 * @kernel drivers/xen/balloon.c v6.12 custom: balloon_append() for a range
 */
export function withhold_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  add(k.state.withheld, start_pfn, nr_pages);
}

/**
 * How many withheld pages of the range the driver holds on to.
 * @kernel include/linux/page_ref.h v6.12 custom: counts PageOffline() pages with a reference
 */
export function nr_referenced_pages(k: Kernel, start_pfn: number, nr_pages: number): number {
  return covered(k.state.withheld, start_pfn, nr_pages) -
    covered(k.state.withheld_unreferenced, start_pfn, nr_pages);
}

/** @kernel include/linux/page_ref.h v6.12 custom: page_ref_dec_and_test() for withheld pages */
export function put_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  add(k.state.withheld_unreferenced, start_pfn, nr_pages);
}

/** @kernel include/linux/page_ref.h v6.12 custom: page_ref_inc() for withheld pages */
export function get_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  cutAll(k.state.withheld_unreferenced, start_pfn, nr_pages);
}

/**
 * Whatever was withheld of the range is not any more.
 * @kernel include/linux/page-flags.h v6.12 custom: __ClearPageOffline() for a range
 */
export function accept_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  cutAll(k.state.withheld, start_pfn, nr_pages);
  cutAll(k.state.withheld_unreferenced, start_pfn, nr_pages);
}

/** Only one driver can replace the callback. @kernel mm/memory_hotplug.c v6.12 full */
export function set_online_page_callback(k: Kernel, callback: OnlinePageCallback): number {
  if (k.state.online_page_callback !== undefined) return -EINVAL;
  k.state.online_page_callback = callback;
  return 0;
}

/** @kernel mm/memory_hotplug.c v6.12 reduced: does not check who set it */
export function restore_online_page_callback(k: Kernel): number {
  if (k.state.online_page_callback === undefined) return -EINVAL;
  k.state.online_page_callback = undefined;
  return 0;
}

/** Hands a chunk to whatever callback is installed. @kernel mm/memory_hotplug.c v6.12 full */
export function online_page(k: Kernel, pfn: number, order: number): void {
  const callback = k.state.online_page_callback;
  if (callback === undefined) k.generic_online_page(pfn, order);
  else callback(pfn, order);
}

/**
 * The chunk is managed from now on, and free.
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function generic_online_page(k: Kernel, pfn: number, order: number): void {
  const zone = k.page_zone(pfn);
  if (zone !== undefined) k.adjust_managed_page_count(zone, 2 ** order);
  k.__free_pages_core(pfn, order);
}

/**
 * Xen: the whole chunk goes to the balloon until the hypervisor gives frames.
 * @kernel drivers/xen/balloon.c v6.12 full
 */
export function xen_online_page(k: Kernel, pfn: number, order: number): void {
  k.withhold_pages(pfn, 2 ** order);
}

/**
 * Hyper-V: pages that the host backs are onlined one by one, the others are withheld.
 * @kernel drivers/hv/hv_balloon.c v6.12 reduced: `state.backed` is the covered part
 */
export function hv_online_page(k: Kernel, pfn: number, order: number): void {
  for (let page = pfn; page < pfn + 2 ** order; page += 1) {
    if (covered(k.state.backed, page, 1) === 1) k.generic_online_page(page, 0);
    else k.withhold_pages(page, 1);
  }
}

/**
 * Backed pages of the chunk are onlined, the others withheld; a chunk that has both is halved.
 * @kernel drivers/virtio/virtio_mem.c v6.12 custom: virtio_mem_online_page() without a device;
 *   `state.backed` is what is plugged
 */
export function online_backed_pages(k: Kernel, pfn: number, order: number): void {
  const plugged = covered(k.state.backed, pfn, 2 ** order);
  if (plugged === 2 ** order) {
    k.generic_online_page(pfn, order);
  } else if (plugged === 0) {
    k.withhold_pages(pfn, 2 ** order);
  } else {
    k.online_backed_pages(pfn, order - 1);
    k.online_backed_pages(pfn + 2 ** (order - 1), order - 1);
  }
}

/**
 * A driver takes over the onlining of pages: `xen`, `hyperv` or `virtio-mem`. The last two online
 * what the host backs, [start_pfn, start_pfn + nr_pages).
 * @kernel drivers/hv/hv_balloon.c v6.12 custom: what the drivers' probe functions have in common
 */
export function probe_balloon_driver(
  k: Kernel, driver: string, start_pfn: number, nr_pages: number,
): number {
  k.state.backed.length = 0;
  if (nr_pages > 0) k.state.backed.push({ start_pfn, nr_pages });
  if (driver === 'hyperv') {
    return k.set_online_page_callback((pfn, order) => k.hv_online_page(pfn, order));
  }
  if (driver === 'virtio-mem') {
    return k.set_online_page_callback((pfn, order) => k.online_backed_pages(pfn, order));
  }
  return k.set_online_page_callback((pfn, order) => k.xen_online_page(pfn, order));
}

/** @kernel mm/page_alloc.c v7.3 full: totalram is the sum of the zones */
export function adjust_managed_page_count(k: Kernel, zone: Zone, count: number): void {
  zone.managed_pages += count;
  if (k.config.managed_updates_reserve) k.setup_per_zone_lowmem_reserve();
}

/**
 * A page that the kernel or a driver held goes to the buddy allocator, managed from now on.
 * @kernel mm/page_alloc.c v6.12 reduced: at zone level
 */
export function free_reserved_page(k: Kernel, pfn: number): void {
  const zone = k.page_zone(pfn);
  if (zone === undefined) return;
  if (covered(k.state.withheld, pfn, 1) === 1) cut(k.state.withheld, pfn, 1);
  k.adjust_managed_page_count(zone, 1);
  k.__free_reserved_page(pfn);
}

/**
 * The hypervisor gave frames: withheld pages of the range go to the buddy allocator, one by one.
 * Returns how many there were.
 * @kernel drivers/xen/balloon.c v6.12 custom: increase_reservation() with the pages named
 */
export function release_withheld_pages(k: Kernel, start_pfn: number, nr_pages: number): number {
  const end = start_pfn + nr_pages;
  const { withheld } = k.state;
  let released = 0;
  for (let pfn = start_pfn; ; pfn += 1) {
    const range = withheld[find(withheld, pfn)];
    if (range === undefined) break;
    pfn = Math.max(pfn, range.start_pfn);
    if (pfn >= end) break;
    k.free_reserved_page(pfn);
    released += 1;
  }
  return released;
}

/**
 * A balloon inflates: it allocates pages of the zone and stops them from being managed.
 * Returns how many it got.
 * @kernel drivers/virtio/virtio_balloon.c v6.12 reduced: all from one zone, no watermarks
 */
export function fill_balloon(k: Kernel, zone: Zone, nr_pages: number): number {
  const pages = Math.min(nr_pages, zone.nr_free_pages);
  zone.nr_free_pages -= pages;
  k.adjust_managed_page_count(zone, -pages);
  return pages;
}

/** A balloon deflates. @kernel drivers/virtio/virtio_balloon.c v6.12 reduced: one zone */
export function leak_balloon(k: Kernel, zone: Zone, nr_pages: number): void {
  k.adjust_managed_page_count(zone, nr_pages);
  zone.nr_free_pages += nr_pages;
}
