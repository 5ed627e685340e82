/** drivers/virtio/virtio_mem.c: sub block mode, parts of memory blocks are plugged. */
import { PAGE_SIZE } from '../../../../base/pfn.js';
import type { Kernel, Preempt } from '../../../base/kernel.js';
import { EBUSY, EINVAL, ENOSPC } from '../../../include/errno.js';
import type { SbmState, VirtioMem } from './device.js';

/** What is left to be plugged or unplugged, subblocks. */
interface Rest {
  nb_sb: number;
}

/** Memory blocks in these states, by ids going up or down; the state may change meanwhile. */
function* blocksOf(
  vm: VirtioMem, states: SbmState | readonly SbmState[], down: boolean,
): Generator<number> {
  const { first_id, next_id } = vm;
  for (let step = 0; step < next_id - first_id; step += 1) {
    const mb_id = down ? next_id - 1 - step : first_id + step;
    const state = vm.mb_states.get(mb_id);
    if (state !== undefined && [states].flat().includes(state)) yield mb_id;
  }
}

function subblocks(vm: VirtioMem, mb_id: number): boolean[] {
  const known = vm.sb_states.get(mb_id);
  if (known !== undefined) return known;
  const fresh = Array.from({ length: vm.sbs_per_mb }, () => false);
  vm.sb_states.set(mb_id, fresh);
  return fresh;
}

function allPlugged(vm: VirtioMem, mb_id: number): boolean {
  return subblocks(vm, mb_id).every((plugged) => plugged);
}

function nonePlugged(vm: VirtioMem, mb_id: number): boolean {
  return !subblocks(vm, mb_id).some((plugged) => plugged);
}

function pfnOf(k: Kernel, vm: VirtioMem, mb_id: number, sb_id: number): number {
  return mb_id * k.machine.pages_per_block + (sb_id * vm.unit_size) / PAGE_SIZE;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_sbm_plug_sb(
  k: Kernel, vm: VirtioMem, mb_id: number, sb_id: number, count: number,
): number {
  const error = k.virtio_mem_send_plug_request(vm, count * vm.unit_size);
  if (error === 0) subblocks(vm, mb_id).fill(true, sb_id, sb_id + count);
  return error;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function virtio_mem_sbm_unplug_sb(
  k: Kernel, vm: VirtioMem, mb_id: number, sb_id: number, count: number,
): number {
  const error = k.virtio_mem_send_unplug_request(vm, count * vm.unit_size);
  if (error === 0) subblocks(vm, mb_id).fill(false, sb_id, sb_id + count);
  return error;
}

/**
 * A new or unused memory block: its first subblocks are plugged, then it is added.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_sbm_plug_and_add_mb(
  k: Kernel, vm: VirtioMem, mb_id: number, rest: Rest,
): Preempt<number> {
  const count = Math.min(rest.nb_sb, vm.sbs_per_mb);
  const refused = k.virtio_mem_sbm_plug_sb(vm, mb_id, 0, count);
  if (refused !== 0) return refused;
  vm.mb_states.set(mb_id, count === vm.sbs_per_mb ? 'OFFLINE' : 'OFFLINE_PARTIAL');
  const size = k.machine.pages_per_block * PAGE_SIZE;
  const error = yield* k.virtio_mem_add_memory(vm, mb_id * size, size);
  if (error !== 0) {
    const undone = k.virtio_mem_sbm_unplug_sb(vm, mb_id, 0, count) === 0;
    vm.mb_states.set(mb_id, undone ? 'UNUSED' : 'PLUGGED');
    return error;
  }
  rest.nb_sb -= count;
  return 0;
}

/**
 * Missing subblocks of a memory block that is there, lowest first.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_sbm_plug_any_sb(
  k: Kernel, vm: VirtioMem, mb_id: number, rest: Rest,
): Preempt<number> {
  const state = vm.mb_states.get(mb_id);
  while (rest.nb_sb > 0) {
    const states = subblocks(vm, mb_id);
    const sb_id = states.indexOf(false);
    if (sb_id < 0) break;
    const next = states.indexOf(true, sb_id);
    const count = Math.min((next < 0 ? vm.sbs_per_mb : next) - sb_id, rest.nb_sb);
    const error = k.virtio_mem_sbm_plug_sb(vm, mb_id, sb_id, count);
    if (error !== 0) return error;
    rest.nb_sb -= count;
    if (state === 'OFFLINE_PARTIAL') continue;
    const nr_pages = (count * vm.unit_size) / PAGE_SIZE;
    yield* k.virtio_mem_fake_online(pfnOf(k, vm, mb_id, sb_id), nr_pages);
  }
  if (!allPlugged(vm, mb_id)) return 0;
  if (state === 'OFFLINE_PARTIAL') vm.mb_states.set(mb_id, 'OFFLINE');
  else vm.mb_states.set(mb_id, state === 'MOVABLE_PARTIAL' ? 'MOVABLE' : 'KERNEL');
  return 0;
}

/** Memory blocks that could be used next: unused ones, then new ones, as long as there are. */
function* nextBlocks(vm: VirtioMem): Generator<number> {
  yield* blocksOf(vm, 'UNUSED', false);
  while (vm.next_id <= vm.last_usable_id) {
    const mb_id = vm.next_id;
    vm.mb_states.set(mb_id, 'UNUSED');
    vm.next_id += 1;
    yield mb_id;
  }
}

/**
 * First what is missing in memory blocks that are there, kernel zones before ZONE_MOVABLE, then
 * unused and new memory blocks.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_sbm_plug_request(
  k: Kernel, vm: VirtioMem, diff: number,
): Preempt<number> {
  const rest: Rest = { nb_sb: Math.floor(diff / vm.unit_size) };
  if (rest.nb_sb === 0) return 0;
  const online: readonly (readonly SbmState[])[] = k.config.virtio_mem_zone_order
    ? [['KERNEL_PARTIAL'], ['MOVABLE_PARTIAL']] : [['KERNEL_PARTIAL', 'MOVABLE_PARTIAL']];
  for (const states of [...online, 'OFFLINE_PARTIAL'] as const) {
    for (const mb_id of blocksOf(vm, states, false)) {
      const error = yield* k.virtio_mem_sbm_plug_any_sb(vm, mb_id, rest);
      if (error !== 0 || rest.nb_sb === 0) return error;
      yield* k.cond_resched('virtio_mem_sbm');
    }
  }
  const size = k.machine.pages_per_block * PAGE_SIZE;
  const blocks = nextBlocks(vm);
  while (rest.nb_sb > 0) {
    if (!k.virtio_mem_could_add_memory(vm, size)) return -ENOSPC;
    const next = blocks.next();
    if (next.done === true) return -ENOSPC;
    const error = yield* k.virtio_mem_sbm_plug_and_add_mb(vm, next.value, rest);
    if (error !== 0) return error;
    yield* k.cond_resched('virtio_mem_sbm');
  }
  return 0;
}

/** Runs of plugged subblocks of an offline block, highest first, until `rest` is done. */
function unplugRaw(k: Kernel, vm: VirtioMem, mb_id: number, rest: Rest): number {
  let sb_id = vm.sbs_per_mb - 1;
  while (rest.nb_sb > 0) {
    const states = subblocks(vm, mb_id);
    while (sb_id >= 0 && states[sb_id] === false) sb_id -= 1;
    if (sb_id < 0) break;
    let count = 1;
    while (count < rest.nb_sb && sb_id > 0 && states[sb_id - 1] === true) {
      count += 1;
      sb_id -= 1;
    }
    const error = k.virtio_mem_sbm_unplug_sb(vm, mb_id, sb_id, count);
    if (error !== 0) return error;
    rest.nb_sb -= count;
    sb_id -= 1;
  }
  return 0;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_sbm_unplug_any_sb_offline(
  k: Kernel, vm: VirtioMem, mb_id: number, rest: Rest,
): Preempt<number> {
  const refused = unplugRaw(k, vm, mb_id, rest);
  if (!allPlugged(vm, mb_id)) vm.mb_states.set(mb_id, 'OFFLINE_PARTIAL');
  if (refused !== 0 || !nonePlugged(vm, mb_id)) return refused;
  // Nobody can online it any more.
  vm.mb_states.set(mb_id, 'UNUSED');
  const size = k.machine.pages_per_block * PAGE_SIZE;
  const error = yield* k.virtio_mem_remove_memory(vm, mb_id * size, size);
  if (error !== 0) k.BUG('virtio_mem_sbm_unplug_any_sb_offline', `not removed: ${error}`);
  return 0;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_sbm_unplug_sb_online(
  k: Kernel, vm: VirtioMem, mb_id: number, sb_id: number, count: number,
): Preempt<number> {
  const pfn = pfnOf(k, vm, mb_id, sb_id);
  const nr_pages = (count * vm.unit_size) / PAGE_SIZE;
  const busy = yield* k.virtio_mem_fake_offline(vm, pfn, nr_pages);
  if (busy !== 0) return busy;
  const error = k.virtio_mem_sbm_unplug_sb(vm, mb_id, sb_id, count);
  if (error !== 0) {
    yield* k.virtio_mem_fake_online(pfn, nr_pages);
    return error;
  }
  const state = vm.mb_states.get(mb_id);
  if (state === 'KERNEL' || state === 'MOVABLE') vm.mb_states.set(mb_id, `${state}_PARTIAL`);
  return 0;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_sbm_try_remove_unplugged_mb(
  k: Kernel, vm: VirtioMem, mb_id: number,
): Preempt<number> {
  if (!nonePlugged(vm, mb_id)) return 0;
  const size = k.machine.pages_per_block * PAGE_SIZE;
  const error = yield* k.virtio_mem_offline_and_remove_memory(vm, mb_id * size, size);
  if (error === 0) vm.mb_states.set(mb_id, 'UNUSED');
  return error;
}

/** Subblocks one by one, highest first; a busy one is passed over. */
function* unplugEach(
  k: Kernel, vm: VirtioMem, mb_id: number, rest: Rest,
): Preempt<number> {
  for (let sb_id = vm.sbs_per_mb - 1; sb_id >= 0 && rest.nb_sb > 0; sb_id -= 1) {
    if (subblocks(vm, mb_id)[sb_id] !== true) continue;
    const error = yield* k.virtio_mem_sbm_unplug_sb_online(vm, mb_id, sb_id, 1);
    if (error === -EBUSY) continue;
    if (error !== 0) return error;
    rest.nb_sb -= 1;
  }
  return 0;
}

/**
 * All subblocks of an online memory block at once if as many are wanted, else one by one; when
 * none is plugged any more the block is removed.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_sbm_unplug_any_sb_online(
  k: Kernel, vm: VirtioMem, mb_id: number, rest: Rest,
): Preempt<number> {
  let error = -EBUSY;
  if (rest.nb_sb >= vm.sbs_per_mb && allPlugged(vm, mb_id)) {
    error = yield* k.virtio_mem_sbm_unplug_sb_online(vm, mb_id, 0, vm.sbs_per_mb);
    if (error === 0) rest.nb_sb -= vm.sbs_per_mb;
  }
  if (error === -EBUSY) error = yield* unplugEach(k, vm, mb_id, rest);
  if (error !== 0) return error;
  const left = yield* k.virtio_mem_sbm_try_remove_unplugged_mb(vm, mb_id);
  // Not critical: from v6.6 on it is tried again later, before that it stays.
  if (left !== 0 && k.config.virtio_mem_retries_removal) vm.have_unplugged_mb = true;
  return 0;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_sbm_unplug_any_sb(
  k: Kernel, vm: VirtioMem, mb_id: number, rest: Rest,
): Preempt<number> {
  const state = vm.mb_states.get(mb_id);
  if (state === undefined || state === 'UNUSED' || state === 'PLUGGED') return -EINVAL;
  if (state.startsWith('OFFLINE')) {
    return yield* k.virtio_mem_sbm_unplug_any_sb_offline(vm, mb_id, rest);
  }
  return yield* k.virtio_mem_sbm_unplug_any_sb_online(vm, mb_id, rest);
}

/**
 * States of the memory blocks of which something is unplugged, the first of them first; those that
 * stand together are not told apart.
 * @kernel drivers/virtio/virtio_mem.c v7.3 custom: mb_states[] of virtio_mem_sbm_unplug_request()
 */
export function virtio_mem_sbm_unplug_order(k: Kernel): readonly (readonly SbmState[])[] {
  const offline: readonly (readonly SbmState[])[] = [['OFFLINE_PARTIAL'], ['OFFLINE']];
  if (!k.config.virtio_mem_zone_order) {
    return [...offline, ['MOVABLE_PARTIAL', 'KERNEL_PARTIAL'], ['MOVABLE', 'KERNEL']];
  }
  return [...offline, ['MOVABLE_PARTIAL'], ['KERNEL_PARTIAL'], ['MOVABLE'], ['KERNEL']];
}

/**
 * Offline blocks first, then partly plugged ones, from v5.14 on ZONE_MOVABLE; the highest block
 * first.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_sbm_unplug_request(
  k: Kernel, vm: VirtioMem, diff: number,
): Preempt<number> {
  const rest: Rest = { nb_sb: Math.floor(diff / vm.unit_size) };
  if (rest.nb_sb === 0) return 0;
  const movableStays = k.config.virtio_mem_movable === 'whole_blocks';
  for (const states of k.virtio_mem_sbm_unplug_order()) {
    const online = !states.every((state) => state.startsWith('OFFLINE'));
    if (online && !k.virtio_mem_unplug_online()) return 0;
    const goes = states.filter((state) => !movableStays || !state.startsWith('MOVABLE'));
    for (const mb_id of blocksOf(vm, goes, true)) {
      const error = yield* k.virtio_mem_sbm_unplug_any_sb(vm, mb_id, rest);
      if (error !== 0 || rest.nb_sb === 0) return error;
      yield* k.cond_resched('virtio_mem_sbm');
    }
  }
  return -EBUSY;
}

/** Wholly unplugged memory blocks that could not be removed, once more. */
function* removeUnplugged(k: Kernel, vm: VirtioMem): Preempt<void> {
  vm.have_unplugged_mb = false;
  for (const state of ['MOVABLE_PARTIAL', 'KERNEL_PARTIAL', 'OFFLINE_PARTIAL'] as const) {
    for (const mb_id of blocksOf(vm, state, false)) {
      const left = yield* k.virtio_mem_sbm_try_remove_unplugged_mb(vm, mb_id);
      if (left !== 0) vm.have_unplugged_mb = true;
    }
  }
}

/**
 * What earlier runs left behind.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_cleanup_pending_mb(k: Kernel, vm: VirtioMem): Preempt<number> {
  if (!vm.in_sbm) return k.virtio_mem_bbm_unplug_pending(vm);
  for (const mb_id of blocksOf(vm, 'PLUGGED', false)) {
    const error = unplugRaw(k, vm, mb_id, { nb_sb: vm.sbs_per_mb });
    if (error !== 0) return error;
    vm.mb_states.set(mb_id, 'UNUSED');
  }
  if (vm.have_unplugged_mb) yield* removeUnplugged(k, vm);
  return 0;
}
