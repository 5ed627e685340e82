/** drivers/virtio/virtio_mem.c: big block mode, whole memory blocks or several are plugged. */
import { PAGE_SIZE } from '../../../../base/pfn.js';
import type { Kernel, Preempt } from '../../../base/kernel.js';
import { EBUSY, ENOSPC } from '../../../include/errno.js';
import { PAGES_PER_SECTION, ZONE_MOVABLE } from '../../../include/mmzone.js';
import type { BbmState, VirtioMem } from './device.js';

/** Big blocks in this state, by numbers going up or down. */
function* blocksOf(vm: VirtioMem, state: BbmState, down: boolean): Generator<number> {
  const { first_id, next_id } = vm;
  for (let step = 0; step < next_id - first_id; step += 1) {
    const bb_id = down ? next_id - 1 - step : first_id + step;
    if (vm.bb_states.get(bb_id) === state) yield bb_id;
  }
}

/** First pfns of the sections of a big block that are online. */
function onlineSections(k: Kernel, vm: VirtioMem, bb_id: number): number[] {
  const start = (bb_id * vm.unit_size) / PAGE_SIZE;
  const pfns: number[] = [];
  for (let pfn = start; pfn < start + vm.unit_size / PAGE_SIZE; pfn += PAGES_PER_SECTION) {
    if (k.pfn_to_online_page(pfn)) pfns.push(pfn);
  }
  return pfns;
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_bbm_plug_and_add_bb(
  k: Kernel, vm: VirtioMem, bb_id: number,
): Preempt<number> {
  const refused = k.virtio_mem_send_plug_request(vm, vm.unit_size);
  if (refused !== 0) return refused;
  vm.bb_states.set(bb_id, 'ADDED');
  const error = yield* k.virtio_mem_add_memory(vm, bb_id * vm.unit_size, vm.unit_size);
  if (error === 0) return 0;
  const undone = k.virtio_mem_send_unplug_request(vm, vm.unit_size) === 0;
  vm.bb_states.set(bb_id, undone ? 'UNUSED' : 'PLUGGED');
  return error;
}

/** Big blocks that could be used next: unused ones, then new ones, as long as there are. */
function* nextBlocks(vm: VirtioMem): Generator<number> {
  yield* blocksOf(vm, 'UNUSED', false);
  while (vm.next_id <= vm.last_usable_id) {
    const bb_id = vm.next_id;
    vm.bb_states.set(bb_id, 'UNUSED');
    vm.next_id += 1;
    yield bb_id;
  }
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 full */
export function* virtio_mem_bbm_plug_request(
  k: Kernel, vm: VirtioMem, diff: number,
): Preempt<number> {
  let nb_bb = Math.floor(diff / vm.unit_size);
  const blocks = nextBlocks(vm);
  while (nb_bb > 0) {
    if (!k.virtio_mem_could_add_memory(vm, vm.unit_size)) return -ENOSPC;
    const next = blocks.next();
    if (next.done === true) return -ENOSPC;
    const error = yield* k.virtio_mem_bbm_plug_and_add_bb(vm, next.value);
    if (error !== 0) return error;
    nb_bb -= 1;
    yield* k.cond_resched('virtio_mem_bbm');
  }
  return 0;
}

/** The big block stays: sections that were withheld, and are still online, are given back. */
function* rollback(
  k: Kernel, vm: VirtioMem, bb_id: number, pfns: readonly number[],
): Preempt<void> {
  for (const pfn of pfns) {
    if (k.pfn_to_online_page(pfn)) yield* k.virtio_mem_fake_online(pfn, PAGES_PER_SECTION);
  }
  vm.bb_states.set(bb_id, 'ADDED');
}

/**
 * All online memory of the big block is withheld section by section, then it is removed. Up to v6.5
 * bbm_safe_unplug=0 leaves the first step out.
 * @kernel drivers/virtio/virtio_mem.c v7.3 full
 */
export function* virtio_mem_bbm_offline_remove_and_unplug_bb(
  k: Kernel, vm: VirtioMem, bb_id: number,
): Preempt<number> {
  const isSafe = k.virtio_mem_bbm_safe_unplug();
  if (isSafe) vm.bb_states.set(bb_id, 'FAKE_OFFLINE');
  const taken: number[] = [];
  for (const pfn of isSafe ? onlineSections(k, vm, bb_id) : []) {
    const busy = yield* k.virtio_mem_fake_offline(vm, pfn, PAGES_PER_SECTION);
    if (busy !== 0) {
      yield* rollback(k, vm, bb_id, taken);
      return busy;
    }
    taken.push(pfn);
  }
  const error = yield* k.virtio_mem_offline_and_remove_memory(
    vm, bb_id * vm.unit_size, vm.unit_size);
  if (error !== 0) {
    yield* rollback(k, vm, bb_id, taken);
    return error;
  }
  const refused = k.virtio_mem_send_unplug_request(vm, vm.unit_size);
  vm.bb_states.set(bb_id, refused === 0 ? 'UNUSED' : 'PLUGGED');
  return refused;
}

/** In three rounds: big blocks that are offline, that are MOVABLE, all others. */
function fitsRound(k: Kernel, vm: VirtioMem, bb_id: number, round: number): boolean {
  if (round === 2) return true;
  const online = onlineSections(k, vm, bb_id);
  if (round === 0) return online.length === 0;
  return online.every((pfn) => k.page_zone(pfn)?.index === ZONE_MOVABLE);
}

/** @kernel drivers/virtio/virtio_mem.c v7.3 reduced: unplug_online=1 */
export function* virtio_mem_bbm_unplug_request(
  k: Kernel, vm: VirtioMem, diff: number,
): Preempt<number> {
  let nb_bb = Math.floor(diff / vm.unit_size);
  if (nb_bb === 0) return 0;
  for (let round = 0; round < 3; round += 1) {
    for (const bb_id of blocksOf(vm, 'ADDED', true)) {
      yield* k.cond_resched('virtio_mem_bbm');
      if (!fitsRound(k, vm, bb_id, round)) continue;
      const error = yield* k.virtio_mem_bbm_offline_remove_and_unplug_bb(vm, bb_id);
      if (error === -EBUSY) continue;
      if (error === 0) nb_bb -= 1;
      if (error !== 0 || nb_bb === 0) return error;
    }
    if (round === 0 && !k.virtio_mem_unplug_online()) return 0;
    // Nobody looks at zones: what is left is one round of the highest first.
    if (round === 0 && !k.config.virtio_mem_big_zone_order) round += 1;
  }
  return -EBUSY;
}

/**
 * Big blocks that the hypervisor has plugged and the kernel does not have.
 * @kernel drivers/virtio/virtio_mem.c v6.12 custom: a part of virtio_mem_cleanup_pending_mb()
 */
export function virtio_mem_bbm_unplug_pending(k: Kernel, vm: VirtioMem): number {
  for (const bb_id of blocksOf(vm, 'PLUGGED', false)) {
    const error = k.virtio_mem_send_unplug_request(vm, vm.unit_size);
    if (error !== 0) return error;
    vm.bb_states.set(bb_id, 'UNUSED');
  }
  return 0;
}
