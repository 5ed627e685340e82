/** mm/memory_hotplug.c: memory is added. */
import { at } from '../../../base/assert.js';
import { PAGE_SIZE, hex } from '../../../base/pfn.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL, ENOMEM } from '../../include/errno.js';
import {
  MHP_MEMMAP_ON_MEMORY, MHP_NID_IS_MGID, PAGES_PER_SUBSECTION, type MemoryGroup, type OnlineType,
  type Pgdat, type VmemAltmap,
} from '../../include/mmzone.js';
import { underHotplugLock } from '../../base/under_lock.js';

/** @kernel mm/memory_hotplug.c v7.3 full */
export function check_hotplug_memory_range(
  k: Kernel, start_pfn: number, nr_pages: number,
): number {
  const block = k.machine.pages_per_block;
  if (nr_pages > 0 && start_pfn % block === 0 && nr_pages % block === 0) return 0;
  k.pr_err(`Block size [${hex(block * PAGE_SIZE)}] unaligned hotplug range: ` +
    `start ${hex(start_pfn * PAGE_SIZE)}, size ${hex(nr_pages * PAGE_SIZE)}`);
  return -EINVAL;
}

/**
 * A node that is not online gets empty zones and zonelists of its own. `start_pfn`: the memory
 * that it gets, 0 for a node that only has CPUs; nobody asks for it from v5.8 on.
 * @returns undefined: there is no memory for it
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function hotadd_init_pgdat(
  k: Kernel, nid: number, start_pfn = 0,
): Pgdat | undefined {
  const pgdat = at(k.state.nodes, nid);
  if (k.free_area_init_core_hotplug(pgdat) !== 0) return undefined;
  pgdat.initialised = true;
  if (k.config.hotadd_node_start === 'memory') pgdat.node_start_pfn = start_pfn;
  k.build_all_zonelists(pgdat);
  for (const zone of pgdat.node_zones) {
    zone.managed_pages = 0;
    zone.present_pages = 0;
  }
  pgdat.node_present_pages = 0;
  return pgdat;
}

/** @kernel mm/memory_hotplug.c v5.17 full */
export function rollback_node_hotadd(_k: Kernel, pgdat: Pgdat): void {
  pgdat.initialised = false;
  pgdat.node_zonelists[0] = [];
  pgdat.node_zonelists[1] = [];
}

/** @returns 1 when the node was not online before, 0 when it was, -ENOMEM
 * @kernel mm/memory_hotplug.c v7.3 full */
export function __try_online_node(
  k: Kernel, nid: number, set_node_online: boolean, start_pfn = 0,
): number {
  if (k.state.node_states.online.has(nid)) return 0;
  if (k.hotadd_init_pgdat(nid, start_pfn) === undefined) {
    k.pr_err(`Cannot online node ${nid} due to NULL pgdat`);
    return -ENOMEM;
  }
  if (set_node_online) {
    k.node_set_online(nid);
    if (k.register_one_node(nid) !== 0) k.BUG('__try_online_node', `node ${nid} has no device`);
  }
  return 1;
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function try_online_node(k: Kernel, nid: number): number {
  return k.__try_online_node(nid, true);
}

/**
 * Section by section; those before one that gets no memmap, or has one, stay.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function __add_pages(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): number {
  const section = k.machine.pages_per_section;
  const end = start_pfn + nr_pages;
  const beyond = k.check_hotplug_memory_addressable(start_pfn, nr_pages);
  if (beyond !== 0) return beyond;
  const least = k.config.subsection_map ? PAGES_PER_SUBSECTION : section;
  if (start_pfn % least !== 0 || nr_pages % least !== 0) {
    k.WARN('__add_pages', `Misaligned start: ${hex(start_pfn)} end: ${hex(end - 1)}`);
    return -EINVAL;
  }
  for (let pfn = start_pfn; pfn < end;) {
    const pages = Math.min(section - pfn % section, end - pfn);
    const error = k.sparse_add_section(nid, pfn, pages, altmap);
    if (error !== 0) return error;
    pfn += pages;
  }
  return 0;
}

/** One range with its memory blocks; nr_vmemmap pages of each block hold the memmap. */
function add_range(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, nr_vmemmap_pages: number,
  group: MemoryGroup | undefined,
): number {
  const altmap = nr_vmemmap_pages > 0 ? { base_pfn: start_pfn, free: nr_vmemmap_pages } : undefined;
  const error = k.arch_add_memory(nid, start_pfn, nr_pages, altmap);
  if (error < 0) return error;
  if (altmap !== undefined) {
    const { page_size, struct_page } = k.memmap_geometry();
    const needed = Math.ceil((nr_pages * struct_page) / page_size);
    k.state.costs.memmap_pages_unused += nr_vmemmap_pages - needed;
  }
  const created = k.create_memory_block_devices(
    start_pfn, nr_pages, nr_vmemmap_pages, group, nid);
  if (created !== 0) {
    const own = k.config.undone_altmap === 'own' ? altmap : undefined;
    k.arch_remove_memory(start_pfn, nr_pages, own);
  }
  return created;
}

/** Block by block, each with its own altmap; all of them or none.
 * @kernel mm/memory_hotplug.c v7.3 full */
export function create_altmaps_and_memory_blocks(
  k: Kernel, nid: number, group: MemoryGroup | undefined, start_pfn: number, nr_pages: number,
): number {
  const block = k.machine.pages_per_block;
  const nr_vmemmap = k.memory_block_memmap_on_memory_pages();
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += block) {
    const error = add_range(k, nid, pfn, block, nr_vmemmap, group);
    if (error === 0) continue;
    if (pfn !== start_pfn) k.remove_memory_blocks_and_altmaps(start_pfn, pfn - start_pfn);
    return error;
  }
  return 0;
}

/** Memory and blocks, by the rule of the version for a memmap that comes from the range. */
function add_blocks(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, flags: number,
  group: MemoryGroup | undefined,
): number {
  // mhp_t is a set of bits: bit 1 is worth 2.
  const asked = Math.floor(flags / MHP_MEMMAP_ON_MEMORY) % 2 === 1;
  if (!asked) return add_range(k, nid, start_pfn, nr_pages, 0, group);
  const supported = k.mhp_supports_memmap_on_memory(nr_pages);
  if (k.config.memmap_on_memory === 'each_block' && supported) {
    return k.create_altmaps_and_memory_blocks(nid, group, start_pfn, nr_pages);
  }
  if (supported) {
    const nr_vmemmap = k.memory_block_memmap_on_memory_pages();
    return add_range(k, nid, start_pfn, nr_pages, nr_vmemmap, group);
  }
  const refuses = ['none', 'one_block'].includes(k.config.memmap_on_memory);
  return refuses ? -EINVAL : add_range(k, nid, start_pfn, nr_pages, 0, group);
}

/** A new node is registered before its memory is added, or when nothing can be taken back. */
function register(k: Kernel, nid: number): number {
  k.node_set_online(nid);
  const error = k.__register_one_node(nid);
  if (error === 0) return 0;
  if (!k.config.node_online_before_add) {
    k.BUG('add_memory_resource', `node ${nid} has no device`);
  }
  k.WARN('add_memory_resource', `node ${nid} has no device`);
  k.node_set_offline(nid);
  return error;
}

/** What was done for a node that gets no memory after all. */
function undo_node(k: Kernel, nid: number): void {
  if (k.config.hotadd_pgdat === 'allocated') k.rollback_node_hotadd(at(k.state.nodes, nid));
  if (!k.config.node_online_before_add) return;
  k.node_set_offline(nid);
  k.unregister_one_node(nid);
}

/** Memory, its blocks, and its node when that was not online. */
function* add_to_node(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, flags: number,
  group: MemoryGroup | undefined,
): Preempt<number> {
  if (k.config.hotadd_range_printed && !k.state.node_states.online.has(nid)) {
    k.print_initmem(nid, start_pfn, start_pfn + nr_pages);
  }
  const tried = k.__try_online_node(nid, false, start_pfn);
  if (tried < 0) return tried;
  const new_node = tried === 1;
  const early = k.config.node_online_before_add;
  const unregistered = new_node && early ? register(k, nid) : 0;
  if (unregistered !== 0) return unregistered;
  yield 'arch_add_memory';
  const error = add_blocks(k, nid, start_pfn, nr_pages, flags, group);
  if (error !== 0) {
    if (new_node) undo_node(k, nid);
    return error;
  }
  if (new_node && !early) register(k, nid);
  k.register_memory_blocks_under_node(nid, start_pfn, start_pfn + nr_pages, 'hotplug');
  k.register_memory_resource(start_pfn, nr_pages);
  return 0;
}

/** Blocks of new memory go online in order, until one does not. */
function* online_new_blocks(
  k: Kernel, start_pfn: number, nr_pages: number, type: OnlineType,
): Preempt<void> {
  if (type === 'offline') return;
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += k.machine.pages_per_block) {
    const block = k.find_memory_block(pfn);
    if (block === undefined) continue;
    const failed = (yield* k.device_online(block, type)) !== 0;
    k.put_device(block);
    if (failed) return;
  }
}

/**
 * Up to v5.7 nobody asks. The node gets a pgdat, and what was made at boot for each possible node
 * is missing: the memory control groups have no counters for it, where its kswapd looks first.
 */
function add_to_impossible_node(k: Kernel, nid: number): number {
  k.oops('prepare_kswapd_sleep', `node ${nid} is not possible: its kswapd finds no lruvec`);
  return -EINVAL;
}

/**
 * Adds memory to a node (or to the node of a memory group, with MHP_NID_IS_MGID); its blocks go
 * online as `online_type` says, by default as the kernel does.
 * @returns 0 or a negative errno
 * @kernel mm/memory_hotplug.c v6.12 reduced: the resource is registered here if it was not
 */
export function* add_memory_resource(
  k: Kernel, nid_or_mgid: number, start_pfn: number, nr_pages: number, flags: number,
  online_type?: OnlineType,
): Preempt<number> {
  const unaligned = k.check_hotplug_memory_range(start_pfn, nr_pages);
  if (unaligned !== 0) return unaligned;
  const grouped = Math.floor(flags / MHP_NID_IS_MGID) % 2 === 1;
  const group = grouped ? k.memory_group_find_by_id(nid_or_mgid) : undefined;
  if (grouped && group === undefined) return -EINVAL;
  const nid = group?.nid ?? nid_or_mgid;
  if (!k.state.node_states.possible.has(nid)) {
    if (!k.config.impossible_node_refused) return add_to_impossible_node(k, nid);
    k.WARN('add_memory_resource', `node ${nid} was absent from the node_possible_map`);
    return -EINVAL;
  }
  const type = online_type ?? k.mhp_parameters().default_online_type;
  const locked = k.config.hotplug_lock === 'state';
  const error = yield* underHotplugLock(k, function* (): Preempt<number> {
    const added = yield* add_to_node(k, nid, start_pfn, nr_pages, flags, group);
    if (added === 0 && locked) yield* online_new_blocks(k, start_pfn, nr_pages, type);
    return added;
  });
  if (error === 0 && !locked) yield* online_new_blocks(k, start_pfn, nr_pages, type);
  return error;
}

/**
 * Takes the range in /proc/iomem, then adds it.
 * @returns 0 or a negative errno; -EEXIST when something is there already, -E2BIG behind `mem=`
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function* __add_memory(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, flags: number,
): Preempt<number> {
  const refused = k.register_memory_resource(start_pfn, nr_pages);
  if (refused !== 0) return refused;
  const error = yield* k.add_memory_resource(nid, start_pfn, nr_pages, flags);
  if (error < 0) k.release_mem_region_adjustable(start_pfn, nr_pages);
  return error;
}
