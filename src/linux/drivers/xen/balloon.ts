/** drivers/xen/balloon.c: pages that go online wait for the hypervisor. */
import { PAGE_SIZE } from '../../../base/pfn.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { addRange, firstRange } from '../../base/page_ranges.js';
import { underDeviceLock } from '../../base/under_lock.js';
import { PAGES_PER_SECTION, type Zone } from '../../include/mmzone.js';

/** balloon_stats, in pages, and pages of the zones that the balloon took and that have no name. */
export interface XenBalloon {
  current_pages: number;
  target_pages: number;
  total_pages: number;
  readonly ballooned: { readonly zone: Zone; pages: number }[];
}

/** enum bp_state: all is as it was asked for, later again, when memory goes online, or never. */
export type BpState = 'BP_DONE' | 'BP_EAGAIN' | 'BP_WAIT' | 'BP_ECANCELED';

/** Frames of one request to the hypervisor (frame_list). */
const FRAMES = 512;

/**
 * A driver withholds these pages: PageOffline, reference count 1, not managed.
 * @kernel drivers/xen/balloon.c v6.12 custom: balloon_append() for a range
 */
export function withhold_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  addRange(k.state.withheld, start_pfn, nr_pages);
}

/**
 * Xen: the whole chunk goes to the balloon until the hypervisor gives frames.
 * @kernel drivers/xen/balloon.c v7.3 full
 */
export function xen_online_page(k: Kernel, pfn: number, order: number): void {
  k.withhold_pages(pfn, 2 ** order);
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
    const range = withheld[firstRange(withheld, pfn)];
    if (range === undefined) break;
    pfn = Math.max(pfn, range.start_pfn);
    if (pfn >= end) break;
    k.free_reserved_page(pfn);
    released += 1;
  }
  return released;
}

/**
 * The guest has the memory that it booted with, and wants no other.
 * @kernel drivers/xen/balloon.c v7.3 reduced: all RAM of the firmware map; no extra memory of PV
 */
export function balloon_init(k: Kernel): void {
  const pages = k.for_each_mem_pfn_range(undefined)
    .reduce((sum, { start_pfn, end_pfn }) => sum + end_pfn - start_pfn, 0);
  k.state.xen = { current_pages: pages, target_pages: pages, total_pages: pages, ballooned: [] };
  // It may be there already.
  k.set_online_page_callback((pfn, order) => k.xen_online_page(pfn, order));
}

/** @kernel drivers/xen/balloon.c v7.3 full */
export function balloon_set_new_target(k: Kernel, target: number): void {
  if (k.state.xen === undefined) k.balloon_init();
  if (k.state.xen !== undefined) k.state.xen.target_pages = target;
}

/**
 * Pages that the guest lacks; below 0: that it has too many.
 * @kernel drivers/xen/balloon.c v7.3 reduced: no page is kept unpopulated
 */
export function current_credit(k: Kernel): number {
  const { target_pages = 0, current_pages = 0 } = k.state.xen ?? {};
  return target_pages - current_pages;
}

/** There are pages without frames. @kernel drivers/xen/balloon.c v7.3 full */
export function balloon_is_inflated(k: Kernel): boolean {
  return k.state.withheld.length > 0 || (k.state.xen?.ballooned.length ?? 0) > 0;
}

/**
 * Where more memory would be: the first whole sections behind all that there is.
 * @returns its first pfn
 * @kernel drivers/xen/balloon.c v7.3 custom: the kernel takes the first gap of all addresses
 */
export function additional_memory_resource(k: Kernel, _nr_pages: number): number {
  const ends = [...k.machine.e820, ...k.state.system_ram].map(({ end }) => end);
  return Math.ceil(Math.max(2 ** 32, ...ends) / PAGE_SIZE / PAGES_PER_SECTION) * PAGES_PER_SECTION;
}

/**
 * Memory without frames is added, whole sections of it; the frames come when it is online.
 * @kernel drivers/xen/balloon.c v7.3 reduced: HVM, no p2m; no page is kept unpopulated
 */
export function* reserve_additional_memory(k: Kernel): Preempt<BpState> {
  const { xen } = k.state;
  if (xen === undefined) return 'BP_ECANCELED';
  const credit = xen.target_pages - xen.total_pages;
  if (credit <= 0) return 'BP_WAIT';
  const pages = Math.ceil(credit / PAGES_PER_SECTION) * PAGES_PER_SECTION;
  const start_pfn = k.additional_memory_resource(pages);
  const nid = k.memory_add_physaddr_to_nid(start_pfn);
  const refused = k.register_memory_resource(start_pfn, pages);
  if (refused !== 0) return 'BP_ECANCELED';
  const type = k.mhp_parameters().default_online_type;
  const error = yield* underDeviceLock(k, () =>
    k.add_memory_resource(nid, start_pfn, pages, 0, type));
  if (error !== 0) {
    k.pr_warn(`Cannot add additional memory (${error})`);
    k.release_mem_region_adjustable(start_pfn, pages);
    return 'BP_ECANCELED';
  }
  xen.total_pages += pages;
  return 'BP_WAIT';
}

/** The page that came last leaves the balloon. */
function retrieve(k: Kernel): boolean {
  const range = k.state.withheld.at(-1);
  if (range !== undefined) {
    k.free_reserved_page(range.start_pfn + range.nr_pages - 1);
    return true;
  }
  const own = k.state.xen?.ballooned ?? [];
  const last = own.at(-1);
  if (last === undefined) return false;
  k.adjust_managed_page_count(last.zone, 1);
  k.free_zone_pages(last.zone, 1);
  last.pages -= 1;
  if (last.pages === 0) own.pop();
  return true;
}

/**
 * The hypervisor gives frames for pages of the balloon, which go to the page allocator.
 * @kernel drivers/xen/balloon.c v7.3 reduced: the hypervisor has what is asked for
 */
export function increase_reservation(k: Kernel, nr_pages: number): BpState {
  const { xen } = k.state;
  for (let done = 0; done < Math.min(nr_pages, FRAMES); done += 1) {
    if (!retrieve(k)) return 'BP_EAGAIN';
    if (xen !== undefined) xen.current_pages += 1;
  }
  return 'BP_DONE';
}

/**
 * Pages of the page allocator go to the balloon, their frames to the hypervisor.
 * @kernel drivers/xen/balloon.c v7.3 reduced: the pages have no numbers
 */
export function decrease_reservation(k: Kernel, nr_pages: number): BpState {
  const { xen } = k.state;
  for (let done = 0; done < Math.min(nr_pages, FRAMES); done += 1) {
    const zone = k.alloc_pages('GFP_HIGHUSER+__GFP_RETRY_MAYFAIL+__GFP_NOWARN', 0, 0);
    if (zone === undefined || xen === undefined) return 'BP_EAGAIN';
    k.adjust_managed_page_count(zone, -1);
    const last = xen.ballooned.at(-1);
    if (last?.zone === zone) last.pages += 1;
    else xen.ballooned.push({ zone, pages: 1 });
    xen.current_pages -= 1;
  }
  return 'BP_DONE';
}

/**
 * The thread of the balloon, until the guest has what is asked for or has to wait.
 * @kernel drivers/xen/balloon.c v7.3 reduced: it runs when the target changes, and as time passes
 */
export function* balloon_thread(k: Kernel): Preempt<BpState> {
  for (;;) {
    const credit = k.current_credit();
    if (credit === 0) return 'BP_DONE';
    let state: BpState;
    if (credit < 0) state = k.decrease_reservation(-credit);
    else if (k.balloon_is_inflated()) state = k.increase_reservation(credit);
    else state = yield* k.reserve_additional_memory();
    // Memory that went online at once wakes it.
    const woken = state === 'BP_WAIT' && k.balloon_is_inflated();
    if (state !== 'BP_DONE' && !woken) return state;
  }
}
