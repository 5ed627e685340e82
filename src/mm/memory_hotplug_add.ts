/** mm/memory_hotplug.c: memory is added. */
import { at } from '../base/assert.js';
import { PAGE_SIZE, hex, roundUp } from '../base/pfn.js';
import type { Kernel, Preempt } from './kernel.js';
import {
  EEXIST, EINVAL, MHP_MEMMAP_ON_MEMORY, MHP_NID_IS_MGID, pageblock_nr_pages,
  type MemoryGroup, type Pgdat,
} from './mmzone.js';

/** Bytes of a struct page, and of what one entry of the middle page table maps. */
const SIZEOF_STRUCT_PAGE = 64;
const PMD_SIZE = 2 * 1024 * 1024;

/** @kernel mm/memory_hotplug.c v6.12 full */
export function check_hotplug_memory_range(
  k: Kernel, start_pfn: number, nr_pages: number,
): number {
  const block = k.machine.pages_per_block;
  if (nr_pages > 0 && start_pfn % block === 0 && nr_pages % block === 0) return 0;
  k.pr_err(`Block size [${hex(block * PAGE_SIZE)}] unaligned hotplug range: ` +
    `start ${hex(start_pfn * PAGE_SIZE)}, size ${hex(nr_pages * PAGE_SIZE)}`);
  return -EINVAL;
}

/** Pages of a block that hold its memmap. @kernel mm/memory_hotplug.c v6.12 full */
export function memory_block_memmap_on_memory_pages(k: Kernel): number {
  const pages = Math.ceil((k.machine.pages_per_block * SIZEOF_STRUCT_PAGE) / PAGE_SIZE);
  const force = k.mhp_parameters().memmap_on_memory === 'force';
  return force ? roundUp(pages, pageblock_nr_pages) : pages;
}

/**
 * Can a range of this size hold its own memmap?
 * @kernel mm/memory_hotplug.c v6.12 full; with the size test that v5.13 to v6.7 have
 */
export function mhp_supports_memmap_on_memory(k: Kernel, nr_pages: number): boolean {
  const { memmap_on_memory } = k.config;
  const block = k.machine.pages_per_block;
  if (memmap_on_memory === 'none') return false;
  if (k.machine.kconfig['MHP_MEMMAP_ON_MEMORY'] === 'n') return false;
  if (k.mhp_parameters().memmap_on_memory === 'N') return false;
  if (memmap_on_memory === 'one_block' && nr_pages !== block) return false;
  const pages = k.memory_block_memmap_on_memory_pages();
  if ((block * SIZEOF_STRUCT_PAGE) % PMD_SIZE !== 0) return false;
  return pages % pageblock_nr_pages === 0 && pages !== block;
}

/**
 * A node that is not online gets empty zones and zonelists of its own.
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function hotadd_init_pgdat(k: Kernel, nid: number): Pgdat {
  const pgdat = at(k.state.nodes, nid);
  k.free_area_init_core_hotplug(pgdat);
  pgdat.initialised = true;
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

/** @returns 1 when the node was not online before, 0 when it was
 * @kernel mm/memory_hotplug.c v6.12 reduced: memory for it is always there */
export function __try_online_node(k: Kernel, nid: number, set_node_online: boolean): number {
  if (k.state.node_states.online.has(nid)) return 0;
  k.hotadd_init_pgdat(nid);
  if (set_node_online) {
    k.node_set_online(nid);
    k.register_one_node(nid);
  }
  return 1;
}

/** @kernel mm/memory_hotplug.c v6.12 full */
export function try_online_node(k: Kernel, nid: number): number {
  return k.__try_online_node(nid, true);
}

/** @kernel include/linux/nodemask.h v6.12 full */
export function node_set_online(k: Kernel, nid: number): void {
  k.state.node_states.online.add(nid);
}

/** @kernel include/linux/nodemask.h v6.12 full */
export function node_set_offline(k: Kernel, nid: number): void {
  k.state.node_states.online.delete(nid);
}

/** @kernel mm/memory_hotplug.c v6.12 reduced: ranges of whole sections */
export function __add_pages(k: Kernel, nid: number, start_pfn: number, nr_pages: number): number {
  const section = k.machine.pages_per_section;
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += section) {
    k.sparse_add_section(nid, pfn, Math.min(section, start_pfn + nr_pages - pfn));
  }
  return 0;
}

/** @kernel arch/x86/mm/init_64.c v6.12 reduced: no page tables, memory for the memmap is there */
export function arch_add_memory(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): number {
  const error = k.__add_pages(nid, start_pfn, nr_pages);
  k.state.boot.max_pfn = Math.max(k.state.boot.max_pfn, start_pfn + nr_pages);
  return error;
}

/** One range with its memory blocks; nr_vmemmap pages of each block hold the memmap. */
function add_range(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, nr_vmemmap_pages: number,
  group: MemoryGroup | undefined,
): number {
  const error = k.arch_add_memory(nid, start_pfn, nr_pages);
  if (error < 0) return error;
  const created = k.create_memory_block_devices(start_pfn, nr_pages, nr_vmemmap_pages, group);
  if (created !== 0) k.arch_remove_memory(start_pfn, nr_pages);
  return created;
}

/** @kernel mm/memory_hotplug.c v6.12 full */
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
  if (k.config.memmap_on_memory !== 'each_block') return -EINVAL;
  return add_range(k, nid, start_pfn, nr_pages, 0, group);
}

/** Blocks of new memory go online in order, until one does not. */
function* online_new_blocks(k: Kernel, start_pfn: number, nr_pages: number): Preempt<void> {
  const type = k.mhp_parameters().default_online_type;
  if (type === 'offline') return;
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += k.machine.pages_per_block) {
    const block = k.find_memory_block(pfn);
    if (block !== undefined && (yield* k.device_online(block, type)) !== 0) return;
  }
}

/**
 * Adds memory to a node (or to the node of a memory group, with MHP_NID_IS_MGID).
 * @returns 0 or a negative errno
 * @kernel mm/memory_hotplug.c v6.12 reduced: the resource is registered here if it was not
 */
export function* add_memory_resource(
  k: Kernel, nid_or_mgid: number, start_pfn: number, nr_pages: number, flags: number,
): Preempt<number> {
  const unaligned = k.check_hotplug_memory_range(start_pfn, nr_pages);
  if (unaligned !== 0) return unaligned;
  const grouped = Math.floor(flags / MHP_NID_IS_MGID) % 2 === 1;
  const group = grouped ? k.memory_group_find_by_id(nid_or_mgid) : undefined;
  if (grouped && group === undefined) return -EINVAL;
  const nid = group?.nid ?? nid_or_mgid;
  if (!k.state.node_states.possible.has(nid)) {
    k.WARN('add_memory_resource', `node ${nid} was absent from the node_possible_map`);
    return -EINVAL;
  }
  const new_node = k.__try_online_node(nid, false) === 1;
  yield 'arch_add_memory';
  const error = add_blocks(k, nid, start_pfn, nr_pages, flags, group);
  if (error !== 0) {
    if (new_node && k.config.hotadd_pgdat === 'allocated') {
      k.rollback_node_hotadd(at(k.state.nodes, nid));
    }
    return error;
  }
  if (new_node) {
    k.node_set_online(nid);
    k.__register_one_node(nid);
  }
  k.register_memory_blocks_under_node(nid, start_pfn, start_pfn + nr_pages, 'hotplug');
  k.register_memory_resource(start_pfn, nr_pages);
  yield* online_new_blocks(k, start_pfn, nr_pages);
  return 0;
}

/**
 * Takes the range in /proc/iomem, then adds it.
 * @returns 0 or a negative errno; -EEXIST when something is there already
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function* __add_memory(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, flags: number,
): Preempt<number> {
  if (k.register_memory_resource(start_pfn, nr_pages) !== 0) return -EEXIST;
  const error = yield* k.add_memory_resource(nid, start_pfn, nr_pages, flags);
  if (error < 0) k.release_mem_region_adjustable(start_pfn, nr_pages);
  return error;
}
