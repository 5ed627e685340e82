/** drivers/virtio/virtio_mem.c: the device, its work, and memory it adds and removes. */
import { PAGE_SIZE, hex } from '../../../../base/pfn.js';
import { underDeviceLock } from '../../../base/under_lock.js';
import { parameter, switchParameter } from '../../../../base/command_line.js';
import type { Kernel, Preempt } from '../../../base/kernel.js';
import { EAGAIN, EBUSY, EINVAL, ENOMEM, ENOSPC, ETXTBSY } from '../../../include/errno.js';
import {
  MAX_PAGE_ORDER, MHP_MERGE_RESOURCE, MHP_NID_IS_MGID, pageblock_nr_pages,
} from '../../../include/mmzone.js';
import type { VirtioMem, VirtioMemConfig } from './device.js';

/** Bytes that may be added and offline at the same time, at least. */
const VIRTIO_MEM_DEFAULT_OFFLINE_THRESHOLD = 2 ** 30;
/** How long the driver waits before it tries again: at first, and at most. */
const VIRTIO_MEM_RETRY_TIMER_MIN_MS = 50_000;
const VIRTIO_MEM_RETRY_TIMER_MAX_MS = 300_000;
const NS_PER_MS = 1e6;
/** Memory blocks that may be offline at the same time, up to v5.10. */
const VIRTIO_MEM_NB_OFFLINE_THRESHOLD = 10;

function info(k: Kernel, vm: VirtioMemConfig, text: string): void {
  k.pr_info(`virtio_mem ${vm.name}: ${text}`);
}

function blockSize(k: Kernel): number {
  return k.machine.pages_per_block * PAGE_SIZE;
}

/** A parameter of the module that is on or off. */
function isOn(k: Kernel, name: string, otherwise: boolean): boolean {
  return switchParameter(k.machine.cmdline, `virtio_mem.${name}`, otherwise);
}

/** The parameter unplug_online. @kernel drivers/virtio/virtio_mem.c v6.12 full */
export function virtio_mem_unplug_online(k: Kernel): boolean {
  return isOn(k, 'unplug_online', true);
}

/** The parameter bbm_safe_unplug of v5.11 to v6.5. @kernel drivers/virtio/virtio_mem.c v6.1 full */
export function virtio_mem_bbm_safe_unplug(k: Kernel): boolean {
  return k.config.virtio_mem_always_safe || isOn(k, 'bbm_safe_unplug', true);
}

/** Subblocks are as small as the device and a pageblock allow; two make a memory block at least. */
function newDevice(k: Kernel, config: VirtioMemConfig, mgid: number): VirtioMem {
  const mb_size = blockSize(k);
  const { virtio_mem_subblock, virtio_mem_plain } = k.config;
  const least = virtio_mem_subblock === 'pageblock' ? pageblock_nr_pages : 2 ** MAX_PAGE_ORDER;
  const sb_size = Math.max(config.device_block_size, least * PAGE_SIZE);
  const in_sbm = virtio_mem_plain || (sb_size < mb_size && !isOn(k, 'force_bbm', false));
  const unit = in_sbm ? mb_size : bigBlockSize(k, Math.max(config.device_block_size, mb_size));
  const first_id = Math.ceil(config.addr / unit);
  const vm: VirtioMem = {
    ...config, mgid, in_sbm, plugged_size: 0, requested_size: 0, config_requested_size: 0,
    unit_size: in_sbm ? sb_size : unit, sbs_per_mb: in_sbm ? mb_size / sb_size : 1,
    first_id, next_id: first_id,
    last_usable_id: Math.floor((config.addr + config.region_size) / unit) - 1,
    mb_states: new Map(), sb_states: new Map(), bb_states: new Map(),
    offline_size: 0,
    offline_threshold: virtio_mem_plain ? VIRTIO_MEM_NB_OFFLINE_THRESHOLD * mb_size
      : Math.max(2 * unit, VIRTIO_MEM_DEFAULT_OFFLINE_THRESHOLD),
    config_changed: false, hotplug_active: false, have_unplugged_mb: false, work_queued: false,
    wq_active: false, broken: false,
    retry_timer: { name: config.name, fn: () => k.virtio_mem_timer_expired(vm) },
    retry_timer_ms: VIRTIO_MEM_RETRY_TIMER_MIN_MS,
  };
  return vm;
}

/** Big blocks can be made larger than they must be. */
function bigBlockSize(k: Kernel, least: number): number {
  const wanted = Number(parameter(k.machine.cmdline, 'virtio_mem.bbm_block_size') ?? 0);
  if (wanted === 0) return least;
  if (!Number.isInteger(Math.log2(wanted))) k.pr_warn('bbm_block_size is not a power of 2');
  else if (wanted < least) k.pr_warn('bbm_block_size is too small');
  else return wanted;
  return least;
}

/**
 * A device appears: one dynamic memory group for all of it, the driver's notifier, and for the
 * first one the online page callback. Its work is queued.
 * @returns the device, or a negative errno
 * @kernel drivers/virtio/virtio_mem.c v6.12 reduced: nothing is plugged yet, no kdump, no
 *   hibernation
 */
export function virtio_mem_probe(k: Kernel, config: VirtioMemConfig): VirtioMem | number {
  if (k.config.virtio_mem_plain && config.device_block_size > blockSize(k)) {
    k.pr_err(`virtio_mem ${config.name}: The block size is not supported (too big).`);
    return -EINVAL;
  }
  info(k, config, `start address: ${hex(config.addr)}`);
  info(k, config, `region size: ${hex(config.region_size)}`);
  info(k, config, `device block size: ${hex(config.device_block_size)}`);
  if (!k.config.virtio_mem_plain) info(k, config, `nid: ${config.nid}`);
  const unit = Math.max(config.device_block_size, blockSize(k)) / PAGE_SIZE;
  const mgid = k.config.memory_groups
    ? k.memory_group_register_dynamic(config.nid, unit) : config.nid;
  if (mgid < 0) return mgid;
  const vm = newDevice(k, config, mgid);
  info(k, vm, `memory block size: ${hex(blockSize(k))}`);
  info(k, vm, `${vm.in_sbm ? 'subblock' : 'big block'} size: ${hex(vm.unit_size)}`);
  if (k.config.virtio_mem_plain) info(k, vm, `nid: ${config.nid}`);
  k.state.notifiers.push({
    name: `virtio_mem ${vm.name}`, priority: 0,
    notifier_call: (action, arg) => k.virtio_mem_memory_notifier_cb(vm, action, arg),
  });
  const error = k.register_virtio_mem_device(vm);
  if (error !== 0) return error;
  vm.config_changed = true;
  k.virtio_mem_retry(vm);
  return vm;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function register_virtio_mem_device(k: Kernel, vm: VirtioMem): number {
  const devices = k.state.virtio_mem_devices;
  const error = devices.length > 0 ? 0
    : k.set_online_page_callback((pfn, order) => k.virtio_mem_online_page_cb(pfn, order));
  if (error === 0) devices.push(vm);
  return error;
}

/** The hypervisor wants another size. @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_config_changed(
  k: Kernel, vm: VirtioMem, requested_size: number,
): void {
  vm.config_requested_size = requested_size;
  vm.config_changed = true;
  k.virtio_mem_retry(vm);
}

/**
 * What could not be done is tried again, the next time after twice as long.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function virtio_mem_timer_expired(k: Kernel, vm: VirtioMem): void {
  k.virtio_mem_retry(vm);
  vm.retry_timer_ms = Math.min(vm.retry_timer_ms * 2, VIRTIO_MEM_RETRY_TIMER_MAX_MS);
}

/** Queues the work of the device. @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_retry(_k: Kernel, vm: VirtioMem): void {
  vm.work_queued = true;
}

/** @kernel drivers/virtio/virtio_mem.c v6.12 reduced: all of the region is usable */
export function virtio_mem_refresh_config(k: Kernel, vm: VirtioMem): void {
  vm.requested_size = vm.config_requested_size;
  info(k, vm, `plugged size: ${hex(vm.plugged_size)}`);
  info(k, vm, `requested size: ${hex(vm.requested_size)}`);
}

/**
 * Plugs or unplugs what is missing or too much; what was busy is tried again by a timer.
 * @kernel drivers/virtio/virtio_mem.c v7.3 reduced: nothing is plugged when the driver is loaded,
 *   so that unplugging all of it is never asked for; not in a crash kernel
 */
export function* virtio_mem_run_wq(k: Kernel, vm: VirtioMem): Preempt<void> {
  k.hrtimer_cancel(vm.retry_timer);
  if (vm.broken) return;
  vm.wq_active = true;
  for (;;) {
    if (vm.config_changed) {
      vm.config_changed = false;
      k.virtio_mem_refresh_config(vm);
    }
    let error = yield* k.virtio_mem_cleanup_pending_mb(vm);
    const diff = vm.requested_size - vm.plugged_size;
    if (error === 0 && diff > 0) error = yield* k.virtio_mem_plug_request(vm, diff);
    else if (error === 0 && diff < 0) error = yield* k.virtio_mem_unplug_request(vm, -diff);
    if (error === 0 && vm.have_unplugged_mb) error = -EBUSY;
    if (error === -EAGAIN) continue;
    comeTo(k, vm, error);
    break;
  }
  vm.wq_active = false;
}

/** What becomes of the device by what a run of its work came to. */
function comeTo(k: Kernel, vm: VirtioMem, error: number): void {
  if (error === 0) vm.retry_timer_ms = VIRTIO_MEM_RETRY_TIMER_MIN_MS;
  else if ([-ETXTBSY, -EBUSY, -ENOMEM].includes(error)) {
    k.hrtimer_start(vm.retry_timer, vm.retry_timer_ms * NS_PER_MS);
  } else if (error !== -ENOSPC) {
    k.pr_err(`virtio_mem ${vm.name}: unknown error, marking device broken: ${error}`);
    vm.broken = true;
  }
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_plug_request(
  k: Kernel, vm: VirtioMem, diff: number,
): Preempt<number> {
  if (vm.in_sbm) return yield* k.virtio_mem_sbm_plug_request(vm, diff);
  return yield* k.virtio_mem_bbm_plug_request(vm, diff);
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_unplug_request(
  k: Kernel, vm: VirtioMem, diff: number,
): Preempt<number> {
  if (vm.in_sbm) return yield* k.virtio_mem_sbm_unplug_request(vm, diff);
  return yield* k.virtio_mem_bbm_unplug_request(vm, diff);
}

/**
 * @returns 0; -EAGAIN when the device wants something else by now
 * @kernel drivers/virtio/virtio_mem.c v7.3 reduced: the hypervisor does what it is asked for
 */
export function virtio_mem_send_plug_request(_k: Kernel, vm: VirtioMem, size: number): number {
  if (vm.config_changed) return -EAGAIN;
  vm.plugged_size += size;
  return 0;
}

/**
 * @returns as virtio_mem_send_plug_request()
 * @kernel drivers/virtio/virtio_mem.c v7.3 reduced: the hypervisor does what it is asked for
 */
export function virtio_mem_send_unplug_request(_k: Kernel, vm: VirtioMem, size: number): number {
  if (vm.config_changed) return -EAGAIN;
  vm.plugged_size -= size;
  return 0;
}

/** Not too much memory may wait to be onlined. @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_could_add_memory(_k: Kernel, vm: VirtioMem, size: number): boolean {
  return vm.offline_size + size <= vm.offline_threshold;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_add_memory(
  k: Kernel, vm: VirtioMem, addr: number, size: number,
): Preempt<number> {
  // It may be onlined before the call is back.
  vm.offline_size += size;
  const flags = MHP_MERGE_RESOURCE + (k.config.memory_groups ? MHP_NID_IS_MGID : 0);
  const error = yield* k.add_memory_driver_managed(
    vm.mgid, addr / PAGE_SIZE, size / PAGE_SIZE, flags);
  if (error === 0) return 0;
  vm.offline_size -= size;
  if (k.config.virtio_mem_plain) {
    const block = addr / blockSize(k);
    k.pr_err(`virtio_mem ${vm.name}: adding memory block ${block} failed with ${error}`);
  } else k.pr_warn(`virtio_mem ${vm.name}: adding memory failed: ${error}`);
  return error;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_remove_memory(
  k: Kernel, vm: VirtioMem, addr: number, size: number,
): Preempt<number> {
  const error = yield* underDeviceLock(
    k, () => k.try_remove_memory(addr / PAGE_SIZE, size / PAGE_SIZE, vm.nid));
  if (error !== 0) return error;
  vm.offline_size -= size;
  // Up to v5.10 nothing is queued: the run that removes it goes on anyway.
  if (!k.config.virtio_mem_plain) k.virtio_mem_retry(vm);
  return 0;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full; before v6.6 errors are passed on as they are */
export function* virtio_mem_offline_and_remove_memory(
  k: Kernel, vm: VirtioMem, addr: number, size: number,
): Preempt<number> {
  const error = yield* k.offline_and_remove_memory(addr / PAGE_SIZE, size / PAGE_SIZE);
  if (error === 0) {
    vm.offline_size -= size;
    k.virtio_mem_retry(vm);
    return 0;
  }
  if (!k.config.virtio_mem_retries_removal || error === -ENOMEM) return error;
  if (error !== -EBUSY) k.WARN('virtio_mem_offline_and_remove_memory', `${error}`);
  return -EBUSY;
}
