/** drivers/virtio/virtio_mem.c: pages that look online and are not, and the memory notifier. */
import { PAGE_SIZE } from '../../../../base/pfn.js';
import { addRange, pagesIn } from '../../../base/page_ranges.js';
import type { Kernel, Preempt } from '../../../base/kernel.js';
import { EAGAIN, EBUSY, ENOMEM } from '../../../include/errno.js';
import {
  MAX_PAGE_ORDER, ZONE_MOVABLE, type MemAction, type NotifierArg,
} from '../../../include/mmzone.js';
import { unnamedRuns } from '../../../mm/pages/unnamed_runs.js';
import type { VirtioMem } from './device.js';

/** NOTIFY_BAD as memory_notify() returns it. */
const EPERM = 1;
/** Attempts at a range of ZONE_MOVABLE. */
const FAKE_OFFLINE_TRIES = 5;

/**
 * The driver gives pages back that alloc_contig_range() took, one by one. Those that a row has
 * given back by now have found their lists.
 */
function* freeAllocated(k: Kernel, pfn: number, nr_pages: number): Preempt<void> {
  const { pages, running_cpu } = k.state;
  for (const [start, end] of pages ? unnamedRuns(pages, pfn, pfn + nr_pages) : []) {
    pages?.allocateRange(start, end);
    yield* k.free_contig_range(start, end - start, running_cpu);
  }
  const zone = k.page_zone(pfn);
  if (zone !== undefined) k.adjust_managed_page_count(zone, nr_pages);
}

/**
 * Withheld pages go to the page allocator, in chunks as large as their alignment allows: fresh
 * those that were never onlined, as what alloc_contig_range() took the others.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full; where pages have no names all are fresh
 */
export function* virtio_mem_fake_online(
  k: Kernel, pfn: number, nr_pages: number,
): Preempt<void> {
  let order = MAX_PAGE_ORDER;
  while (pfn % 2 ** order !== 0 || nr_pages % 2 ** order !== 0) order -= 1;
  const isNamed = k.state.pages !== undefined;
  for (let page = pfn; page < pfn + nr_pages; page += 2 ** order) {
    const isAllocated = isNamed && pagesIn(k.state.withheld_allocated, page, 1) === 1;
    k.accept_withheld_pages(page, 2 ** order);
    if (isAllocated) yield* freeAllocated(k, page, 2 ** order);
    else k.generic_online_page(page, order);
  }
}

/**
 * Allocates the range and withholds it.
 * @returns 0, -EBUSY or -ENOMEM; -EAGAIN when the device wants something else by now
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_fake_offline(
  k: Kernel, vm: VirtioMem, pfn: number, nr_pages: number,
): Preempt<number> {
  const zone = k.page_zone(pfn);
  const again = zone?.index === ZONE_MOVABLE && !k.config.virtio_mem_plain;
  const tries = again ? FAKE_OFFLINE_TRIES : 1;
  for (let count = 0; count < tries; count += 1) {
    if (vm.config_changed && k.config.virtio_mem_retries_removal) return -EAGAIN;
    yield 'virtio_mem_fake_offline';
    const error = yield* k.alloc_contig_range(pfn, pfn + nr_pages, 'Movable');
    if (error === -ENOMEM) return error;
    if (error !== 0) continue;
    addRange(k.state.withheld_allocated, pfn, nr_pages);
    if (zone !== undefined) k.adjust_managed_page_count(zone, -nr_pages);
    return 0;
  }
  return -EBUSY;
}

/**
 * The driver lets go of the withheld pages of the range, so that they can go offline. Up to v6.10
 * it counts them as managed again, because offline_pages() will subtract all pages of the block.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full; with the count of v5.8 to v6.10
 */
export function virtio_mem_fake_offline_going_offline(
  k: Kernel, pfn: number, nr_pages: number,
): void {
  const zone = k.page_zone(pfn);
  if (zone !== undefined && k.config.offline_managed === 'all') {
    k.adjust_managed_page_count(zone, nr_pages);
  }
  k.put_withheld_pages(pfn, nr_pages);
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full; with the count of v5.8 to v6.10 */
export function virtio_mem_fake_offline_cancel_offline(
  k: Kernel, pfn: number, nr_pages: number,
): void {
  const zone = k.page_zone(pfn);
  if (zone !== undefined && k.config.offline_managed === 'all') {
    k.adjust_managed_page_count(zone, -nr_pages);
  }
  k.get_withheld_pages(pfn, nr_pages);
}

/** Are all, or none, of the subblocks that the chunk touches plugged? undefined: some are. */
function plugged(k: Kernel, vm: VirtioMem, pfn: number, order: number): boolean | undefined {
  const addr = pfn * PAGE_SIZE;
  if (!vm.in_sbm) {
    return vm.bb_states.get(Math.floor(addr / vm.unit_size)) !== 'FAKE_OFFLINE';
  }
  const mb_id = Math.floor(pfn / k.machine.pages_per_block);
  const offset = addr - mb_id * k.machine.pages_per_block * PAGE_SIZE;
  const first = Math.floor(offset / vm.unit_size);
  const last = Math.floor((offset + 2 ** order * PAGE_SIZE - 1) / vm.unit_size);
  const states = (vm.sb_states.get(mb_id) ?? []).slice(first, last + 1);
  if (states.every((one) => one)) return true;
  return states.some((one) => one) ? undefined : false;
}

/**
 * Plugged subblocks are onlined, the others withheld; a chunk that has both goes by subblocks.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function virtio_mem_online_page(
  k: Kernel, vm: VirtioMem, pfn: number, order: number,
): void {
  const end = pfn + 2 ** order;
  let size = order;
  for (let page = pfn; page < end;) {
    const online = plugged(k, vm, page, size);
    if (online === undefined) {
      size = Math.log2(vm.unit_size / PAGE_SIZE);
      continue;
    }
    if (online) k.generic_online_page(page, size);
    else k.withhold_pages(page, 2 ** size);
    page += 2 ** size;
  }
}

function overlaps(vm: VirtioMem, start_pfn: number, nr_pages: number): boolean {
  return start_pfn * PAGE_SIZE < vm.addr + vm.region_size &&
    vm.addr < (start_pfn + nr_pages) * PAGE_SIZE;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_online_page_cb(k: Kernel, pfn: number, order: number): void {
  const vm = k.state.virtio_mem_devices.find((one) => overlaps(one, pfn, 2 ** order));
  if (vm === undefined) k.generic_online_page(pfn, order);
  else k.virtio_mem_online_page(vm, pfn, order);
}

/** The withheld parts of a range that goes offline: unplugged subblocks, or all of a big block. */
function fakeOffline(
  k: Kernel, vm: VirtioMem, arg: NotifierArg, each: (pfn: number, nr_pages: number) => void,
): void {
  if (!vm.in_sbm) {
    const bb_id = Math.floor((arg.start_pfn * PAGE_SIZE) / vm.unit_size);
    if (vm.bb_states.get(bb_id) === 'FAKE_OFFLINE') each(arg.start_pfn, arg.nr_pages);
    return;
  }
  const nr_pages = vm.unit_size / PAGE_SIZE;
  const mb_id = Math.floor(arg.start_pfn / k.machine.pages_per_block);
  (vm.sb_states.get(mb_id) ?? []).forEach((isPlugged, sb_id) => {
    if (!isPlugged) each(arg.start_pfn + sb_id * nr_pages, nr_pages);
  });
}

/** A block went online: can more be added now, and is nobody at it? */
function roomAppeared(k: Kernel, vm: VirtioMem, size: number): boolean {
  if (k.config.virtio_mem_plain) return vm.offline_size + size === vm.offline_threshold;
  return !vm.wq_active && k.virtio_mem_could_add_memory(vm, vm.offline_threshold / 2);
}

/**
 * Memory of the device goes online or offline.
 * @returns 0 or a negative errno
 * @kernel drivers/virtio/virtio_mem.c v7.3 reduced: no mutex, the driver is never unloaded
 */
export function virtio_mem_memory_notifier_cb(
  k: Kernel, vm: VirtioMem, action: MemAction, arg: NotifierArg,
): number {
  if (!overlaps(vm, arg.start_pfn, arg.nr_pages)) return 0;
  const size = arg.nr_pages * PAGE_SIZE;
  const mb_id = Math.floor(arg.start_pfn / k.machine.pages_per_block);
  switch (action) {
    case 'MEM_GOING_OFFLINE':
      vm.hotplug_active = true;
      fakeOffline(k, vm, arg, (pfn, pages) => k.virtio_mem_fake_offline_going_offline(pfn, pages));
      return 0;
    case 'MEM_GOING_ONLINE':
      vm.hotplug_active = true;
      return vm.in_sbm ? k.virtio_mem_sbm_notify_going_online(vm, mb_id, arg.start_pfn) : 0;
    case 'MEM_OFFLINE':
      if (vm.in_sbm) k.virtio_mem_sbm_notify_offline(vm, mb_id);
      vm.offline_size += size;
      if (k.config.virtio_mem_plain || !k.virtio_mem_unplug_online()) k.virtio_mem_retry(vm);
      break;
    case 'MEM_ONLINE':
      if (vm.in_sbm) k.virtio_mem_sbm_notify_online(vm, mb_id, arg.start_pfn);
      vm.offline_size -= size;
      if (roomAppeared(k, vm, size)) k.virtio_mem_retry(vm);
      break;
    case 'MEM_CANCEL_OFFLINE':
      if (vm.hotplug_active) {
        fakeOffline(
          k, vm, arg, (pfn, pages) => k.virtio_mem_fake_offline_cancel_offline(pfn, pages));
      }
      break;
    case 'MEM_CANCEL_ONLINE':
      break;
    default:
      return 0;
  }
  vm.hotplug_active = false;
  return 0;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_sbm_notify_going_online(
  k: Kernel, vm: VirtioMem, mb_id: number, start_pfn: number,
): number {
  const state = vm.mb_states.get(mb_id);
  const isMovable = k.page_zone(start_pfn)?.index === ZONE_MOVABLE;
  if (state === 'OFFLINE_PARTIAL' && isMovable && k.config.virtio_mem_movable === 'whole_blocks') {
    k.pr_warn(`virtio_mem ${vm.name}: memory block has holes, MOVABLE not supported`);
    return -EPERM;
  }
  if (state === 'OFFLINE' || state === 'OFFLINE_PARTIAL') return 0;
  k.pr_warn(`virtio_mem ${vm.name}: memory block onlining denied`);
  return -EPERM;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_sbm_notify_online(
  k: Kernel, vm: VirtioMem, mb_id: number, start_pfn: number,
): void {
  const { virtio_mem_plain, virtio_mem_movable } = k.config;
  const told = !virtio_mem_plain || virtio_mem_movable === 'whole_blocks';
  const isMovable = told && k.page_zone(start_pfn)?.index === ZONE_MOVABLE;
  const zone = isMovable ? 'MOVABLE' : 'KERNEL';
  const state = vm.mb_states.get(mb_id);
  if (state === 'OFFLINE') vm.mb_states.set(mb_id, zone);
  else if (state === 'OFFLINE_PARTIAL') vm.mb_states.set(mb_id, `${zone}_PARTIAL`);
  else k.BUG('virtio_mem_sbm_notify_online', `memory block ${mb_id} is ${state}`);
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_sbm_notify_offline(k: Kernel, vm: VirtioMem, mb_id: number): void {
  const state = vm.mb_states.get(mb_id);
  if (state === 'KERNEL' || state === 'MOVABLE') vm.mb_states.set(mb_id, 'OFFLINE');
  else if (state === 'KERNEL_PARTIAL' || state === 'MOVABLE_PARTIAL') {
    vm.mb_states.set(mb_id, 'OFFLINE_PARTIAL');
  } else k.BUG('virtio_mem_sbm_notify_offline', `memory block ${mb_id} is ${state}`);
}
