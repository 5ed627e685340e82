/** drivers/base/memory.c: memory blocks, their sysfs files, the notifier chain. */
import { at } from '../../../../base/assert.js';
import type { Kernel, Preempt } from '../../../base/kernel.js';
import { EEXIST, EINVAL } from '../../../include/errno.js';
import {
  NUMA_NO_NODE, type MemAction, type MemoryBlock, type MemoryGroup, type NotifierArg,
  type OnlineType, type Zone,
} from '../../../include/mmzone.js';

/**
 * Calls the notifiers, highest priority first, until one refuses.
 * @returns 0 or the negative errno of the one that refused
 * @kernel drivers/base/memory.c v6.12 full; node_memory_callback() is one that is always there
 */
export function memory_notify(k: Kernel, action: MemAction, arg: NotifierArg): number {
  const chain = [...k.state.notifiers].sort((a, b) => b.priority - a.priority);
  for (const notifier of chain) {
    const result = notifier.notifier_call(action, arg);
    if (result < 0) return result;
  }
  if (k.config.node_work_at_notify && k.machine.kconfig['HUGETLBFS'] !== 'n') {
    k.node_memory_callback(action, arg);
  }
  return 0;
}

/** Position of the block in the device list, from 1; the length when it is not there. */
function listVisits(k: Kernel, id: number): number {
  let visits = 0;
  for (const known of k.state.memory_blocks.keys()) {
    visits += 1;
    if (known === id) break;
  }
  return visits;
}

/** With a reference of the device, which the caller gives back.
 * @kernel drivers/base/memory.c v6.12 full; to v5.7 a scan of the device list from its head */
export function find_memory_block_by_id(k: Kernel, id: number): MemoryBlock | undefined {
  k.state.costs.block_lookups += 1;
  if (k.config.memory_block_lookup === 'klist') {
    k.state.costs.block_list_visits += listVisits(k, id);
  }
  const block = k.state.memory_blocks.get(id);
  if (block !== undefined) k.get_device(block);
  return block;
}

/** The block that holds this pfn, with a reference. @kernel drivers/base/memory.c v6.12 full */
export function find_memory_block(k: Kernel, pfn: number): MemoryBlock | undefined {
  return k.find_memory_block_by_id(Math.floor(pfn / k.machine.pages_per_block));
}

/**
 * Calls `func` for each block of the range, by id, until it says true.
 * @returns true when it did
 * @kernel drivers/base/memory.c v6.12 full
 */
export function walk_memory_blocks(
  k: Kernel, start_pfn: number, nr_pages: number, func: (block: MemoryBlock) => boolean,
): boolean {
  if (nr_pages <= 0) return false;
  const size = k.machine.pages_per_block;
  const last = Math.floor((start_pfn + nr_pages - 1) / size);
  for (let id = Math.floor(start_pfn / size); id <= last; id += 1) {
    const block = k.find_memory_block_by_id(id);
    if (block === undefined) continue;
    const found = func(block);
    k.put_device(block);
    if (found) return true;
  }
  return false;
}

/**
 * Calls `func` for each block there is, in order of registration, until it says true.
 * @returns true when it did
 * @kernel drivers/base/memory.c v7.3 full
 */
export function for_each_memory_block(
  k: Kernel, func: (block: MemoryBlock) => boolean,
): boolean {
  for (const block of k.state.memory_blocks.values()) {
    k.state.costs.block_list_visits += 1;
    if (func(block)) return true;
  }
  return false;
}

/**
 * The last reference to the device is given back: by then nobody may need the altmap.
 * @kernel drivers/base/memory.c v7.3 reduced: called for blocks that could not be added
 */
export function memory_block_release(k: Kernel, { nr_vmemmap_pages }: MemoryBlock): void {
  if (k.config.block_altmap !== 'none' && nr_vmemmap_pages > 0) {
    k.WARN('memory_block_release', 'mem->altmap');
  }
}

/**
 * The device of a block, and the block by its number: both or none.
 * @returns 0, or what made one of them fail
 * @kernel drivers/base/memory.c v7.3 full
 */
export function __add_memory_block(k: Kernel, block: MemoryBlock): number {
  const error = k.device_register(`memory${block.id}`) || k.xa_store(block);
  if (error !== 0) k.memory_block_release(block);
  return error;
}

/**
 * Registers a block; without a node, who links it with one gives it that.
 * @returns 0, -EEXIST, or what made its device fail
 * @kernel drivers/base/memory.c v7.3 full
 */
export function add_memory_block(
  k: Kernel, id: number, state: MemoryBlock['state'], nr_vmemmap_pages: number,
  group: MemoryGroup | undefined, nid = NUMA_NO_NODE,
): number {
  const there = k.find_memory_block_by_id(id);
  if (there !== undefined) {
    k.put_device(there);
    return -EEXIST;
  }
  const nr_pages = k.machine.pages_per_block;
  const block: MemoryBlock = {
    id, start_pfn: id * nr_pages, nr_pages, state, online_type: 'offline', zone: undefined,
    nid: k.config.block_nid_at_creation ? nid : NUMA_NO_NODE,
    links: new Set(), nr_vmemmap_pages: 0, group: undefined, early: state === 'online',
    references: 0,
  };
  if (k.config.block_altmap !== 'registered') block.nr_vmemmap_pages = nr_vmemmap_pages;
  const error = k.__add_memory_block(block);
  if (error !== 0) return error;
  block.nr_vmemmap_pages = nr_vmemmap_pages;
  block.group = group;
  if (group !== undefined) group.memory_blocks += 1;
  return 0;
}

/** The reference with which its caller has found it is given back.
 * @kernel drivers/base/memory.c v6.12 full */
export function remove_memory_block(k: Kernel, block: MemoryBlock): void {
  if (block.group !== undefined) block.group.memory_blocks -= 1;
  block.group = undefined;
  k.put_device(block);
  if (block.references > 0) k.state.unfreed_blocks.add(block);
  k.state.memory_blocks.delete(block.id);
}

/**
 * Registers the blocks of new memory, offline; all of them or none.
 * @returns 0 or a negative errno
 * @kernel drivers/base/memory.c v7.3 full
 */
export function create_memory_block_devices(
  k: Kernel, start_pfn: number, nr_pages: number, nr_vmemmap_pages: number,
  group: MemoryGroup | undefined, nid = NUMA_NO_NODE,
): number {
  const size = k.machine.pages_per_block;
  if (start_pfn % size !== 0 || nr_pages % size !== 0) {
    k.WARN('create_memory_block_devices', 'range is not aligned');
    return -EINVAL;
  }
  const first = start_pfn / size;
  const end = first + nr_pages / size;
  for (let id = first; id < end; id += 1) {
    const error = k.add_memory_block(id, 'offline', nr_vmemmap_pages, group, nid);
    if (error === 0) continue;
    for (let undo = first; undo < id; undo += 1) {
      const block = k.find_memory_block_by_id(undo);
      if (block !== undefined) k.remove_memory_block(block);
    }
    return error;
  }
  return 0;
}

/** Takes the blocks of a range out of sysfs. @kernel drivers/base/memory.c v6.12 full */
export function remove_memory_block_devices(
  k: Kernel, start_pfn: number, nr_pages: number,
): void {
  const size = k.machine.pages_per_block;
  if (start_pfn % size !== 0 || nr_pages % size !== 0) {
    k.WARN('remove_memory_block_devices', 'range is not aligned');
    return;
  }
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += size) {
    const block = k.find_memory_block(pfn);
    if (block === undefined) {
      k.WARN('remove_memory_block_devices', 'no memory block');
      continue;
    }
    if (k.config.poisoned_blocks_refused) {
      k.num_poisoned_pages_sub(-1, k.memblk_nr_poison(block));
    }
    k.unregister_memory_block_under_nodes(block);
    k.remove_memory_block(block);
  }
}

/** Sections of a whole block. */
function sectionsOf(k: Kernel): number {
  return k.machine.pages_per_block / k.machine.pages_per_section;
}

/** How many sections of the block have memory. */
function presentSections(k: Kernel, { id }: { readonly id: number }): number {
  const first = id * sectionsOf(k);
  let count = 0;
  for (let nr = first; nr < first + sectionsOf(k); nr += 1) {
    if (k.present_section_nr(nr)) count += 1;
  }
  return count;
}

/** One is registered, or there is no machine to go on with. */
function boot_block(k: Kernel, id: number): void {
  const error = k.add_memory_block(id, 'online', 0, undefined, NUMA_NO_NODE);
  if (error !== 0) k.BUG('memory_dev_init', `failed to add memory block: ${error}`);
}

/**
 * The block that begins with this section, when one of its sections is there.
 * @kernel drivers/base/memory.c v6.12 full; gone in v6.15; add_memory_block() before v5.9
 */
export function add_boot_memory_block(k: Kernel, base_section_nr: number): void {
  const id = base_section_nr / sectionsOf(k);
  if (presentSections(k, { id }) > 0) boot_block(k, id);
}

/** Blocks of the memory that was there at boot. @kernel drivers/base/memory.c v7.3 full */
export function memory_dev_init(k: Kernel): void {
  const { sections } = k.state;
  const per_block = k.machine.pages_per_block / k.machine.pages_per_section;
  if (k.config.boot_blocks_by === 'block') {
    for (let nr = 0; nr <= sections.highest_present; nr += per_block) k.add_boot_memory_block(nr);
    return;
  }
  let last = -1;
  for (let nr = k.next_present_section_nr(-1); nr >= 0; nr = k.next_present_section_nr(nr)) {
    const id = Math.floor(nr / per_block);
    if (id !== last) boot_block(k, id);
    last = id;
  }
}

/**
 * The one populated zone of the node that the block touches; undefined: several, or none.
 * @kernel drivers/base/memory.c v7.3 full
 */
export function early_node_zone_for_memory_block(
  k: Kernel, block: MemoryBlock, nid: number,
): Zone | undefined {
  const zones = at(k.state.nodes, nid).node_zones.filter((zone) =>
    k.populated_zone(zone) && k.zone_intersects(zone, block.start_pfn, block.nr_pages));
  return zones.length === 1 ? zones[0] : undefined;
}

/**
 * Memory of the block is on the node; of several nodes the last one stays.
 * @kernel drivers/base/memory.c v6.12 full
 */
export function memory_block_add_nid(
  k: Kernel, block: MemoryBlock, nid: number, context: 'early' | 'hotplug',
): void {
  if (context === 'early' && block.nid !== nid && k.config.memory_block_zone) {
    const first = block.nid === NUMA_NO_NODE;
    block.zone = first ? k.early_node_zone_for_memory_block(block, nid) : undefined;
  }
  block.nid = nid;
}

/** `state`: going-online is no state of its own. @kernel drivers/base/memory.c v6.12 full */
function* memory_block_change_state(
  k: Kernel, block: MemoryBlock, to: 'online' | 'offline', online_type: OnlineType,
): Preempt<number> {
  const from = to === 'online' ? 'offline' : 'online';
  if (block.state !== from) return -EINVAL;
  if (to === 'offline') block.state = 'going-offline';
  const result = to === 'online'
    ? yield* k.memory_block_online(block, online_type)
    : yield* k.memory_block_offline(block);
  block.state = result === 0 ? to : from;
  return result;
}

/** @returns 0 or a negative errno @kernel drivers/base/memory.c v7.3 full */
export function* memory_subsys_online(
  k: Kernel, block: MemoryBlock, online_type: OnlineType,
): Preempt<number> {
  if (block.state === 'online') return 0;
  const type = online_type === 'offline' ? 'online' : online_type;
  const result = yield* memory_block_change_state(k, block, 'online', type);
  block.online_type = 'offline';
  return result;
}

/** @returns 0 or a negative errno @kernel drivers/base/memory.c v7.3 full */
export function* memory_subsys_offline(k: Kernel, block: MemoryBlock): Preempt<number> {
  if (block.state === 'offline') return 0;
  if (k.config.offline_checks_sections && presentSections(k, block) < sectionsOf(k)) return -EINVAL;
  return yield* memory_block_change_state(k, block, 'offline', 'offline');
}
