/** drivers/base/node.c: nodes in sysfs and their links with memory blocks. */
import type { Kernel } from '../../base/kernel.js';
import {
  NUMA_NO_NODE, PAGES_PER_SECTION, type MemAction, type MemoryBlock, type NotifierArg,
} from '../../include/mmzone.js';
import type { NodeAction } from '../../include/node.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/** @kernel drivers/base/node.c v6.12 full */
export function get_nid_for_pfn(k: Kernel, pfn: number): number {
  const deferred = k.machine.kconfig['DEFERRED_STRUCT_PAGE_INIT'] === 'y';
  if (deferred && k.state.system_state === 'booting') return k.early_pfn_to_nid(pfn);
  return k.pfn_to_nid(pfn);
}

/** @kernel drivers/base/node.c v7.3 full; who gives a block its node differed before */
export function do_register_memory_block_under_node(
  k: Kernel, nid: number, block: MemoryBlock, context: 'early' | 'hotplug',
): void {
  // A policy that makes blocks as older kernels do leaves the node to whoever links them.
  const unknown = block.nid === NUMA_NO_NODE;
  if (context === 'early' || unknown || !k.config.block_nid_at_creation) {
    k.memory_block_add_nid(block, nid, context);
  }
  const links = k.state.node_links.get(nid);
  if (context === 'hotplug' && k.config.link_again === 'BUG' && links?.has(block.id) === true) {
    k.BUG('add_memory_resource', `node${nid} has a link memory${block.id} already`);
  }
  links?.add(block.id);
  block.links.add(nid);
}

/** Both links between a node and a block go. */
function unlink(k: Kernel, nid: number, block: MemoryBlock): void {
  k.state.node_links.get(nid)?.delete(block.id);
  block.links.delete(nid);
}

/** The first pfn above `pfn` whose node can be another one, for whoever get_nid_for_pfn() asks. */
function sameNodeUntil(k: Kernel, pfn: number, deferred: boolean): number {
  if (!deferred) return k.state.memmap.runs(pfn, pfn + PAGES_PER_SECTION)[0]?.end ?? pfn + 1;
  const borders = k.for_each_mem_pfn_range(undefined)
    .flatMap((range) => [range.start_pfn, range.end_pfn])
    .filter((border) => border > pfn);
  return Math.min(...borders, pfn + PAGES_PER_SECTION);
}

/**
 * Links a boot block with the node if any page of it is the node's.
 * @kernel drivers/base/node.c v6.12 full; looks once at neighbours that must be alike
 */
export function register_mem_block_under_node_early(
  k: Kernel, block: MemoryBlock, nid: number,
): void {
  const deferred = k.machine.kconfig['DEFERRED_STRUCT_PAGE_INIT'] === 'y';
  const end = block.start_pfn + block.nr_pages;
  for (let pfn = block.start_pfn; pfn < end;) {
    const section = pfn_to_section_nr(pfn);
    const section_end = (section + 1) * PAGES_PER_SECTION;
    if (!k.state.sections.present(section)) {
      pfn = section_end;
    } else if (!k.config.boot_links_checked || k.get_nid_for_pfn(pfn) === nid) {
      k.do_register_memory_block_under_node(nid, block, 'early');
      return;
    } else {
      pfn = Math.min(section_end, sameNodeUntil(k, pfn, deferred));
    }
  }
}

/** @kernel drivers/base/node.c v6.12 full */
export function register_memory_blocks_under_node(
  k: Kernel, nid: number, start_pfn: number, end_pfn: number, context: 'early' | 'hotplug',
): void {
  k.walk_memory_blocks(start_pfn, end_pfn - start_pfn, (block) => {
    if (context === 'early') k.register_mem_block_under_node_early(block, nid);
    else k.do_register_memory_block_under_node(nid, block, 'hotplug');
    return false;
  });
}

/**
 * Nodes to unlink are read from the first page of each section of the block: a memmap that was
 * never initialised names any node, or none that is online.
 * @kernel drivers/base/node.c v5.3 reduced: blocks of whole sections
 */
export function unlink_nodes_of_memmap(k: Kernel, block: MemoryBlock): void {
  const end = block.start_pfn + block.nr_pages;
  for (let pfn = block.start_pfn; pfn < end; pfn += PAGES_PER_SECTION) {
    if (!k.pfn_valid(pfn)) continue;
    const nid = k.get_nid_for_pfn(pfn);
    if (k.state.node_states.online.has(nid)) unlink(k, nid, block);
  }
}

/**
 * Takes the links between a block and its stored node away. A node without sysfs object is a NULL
 * pointer here.
 * @kernel drivers/base/node.c v7.3 full
 */
export function unregister_memory_block_under_nodes(k: Kernel, block: MemoryBlock): void {
  if (k.config.unlink_blocks_by === 'memmap') {
    k.unlink_nodes_of_memmap(block);
    return;
  }
  if (block.nid === NUMA_NO_NODE) return;
  if (!k.state.node_devices.has(block.nid)) {
    k.oops('unregister_memory_block_under_nodes',
      `NULL pointer dereference: node_devices[${block.nid}] of memory${block.id}`);
  }
  unlink(k, block.nid, block);
}

/**
 * The chain for nodes that get their first memory or lose their last.
 * @returns 0 or the negative errno of the notifier that vetoes
 * @kernel drivers/base/node.c v7.3 full
 */
export function node_notify(k: Kernel, action: NodeAction, nid: number): number {
  for (const notifier of k.state.node_notifiers) {
    const result = notifier(action, nid);
    if (result < 0) return result;
  }
  return 0;
}

/** The node gets its sysfs directory. @kernel drivers/base/node.c v6.12 reduced: no CPU links */
export function __register_one_node(k: Kernel, nid: number): number {
  const error = k.device_register(`node${nid}`);
  if (error !== 0) return error;
  k.state.node_devices.add(nid);
  k.state.node_links.set(nid, new Set());
  return 0;
}

/**
 * Links each boot block with the nodes of the regions that it touches, by address.
 * @kernel drivers/base/node.c v7.3 full
 */
export function register_memory_blocks_under_nodes(k: Kernel): void {
  for (const { start_pfn, end_pfn, nid } of k.for_each_mem_pfn_range(undefined)) {
    if (!k.state.node_states.online.has(nid)) continue;
    k.walk_memory_blocks(start_pfn, end_pfn - start_pfn, (block) => {
      k.do_register_memory_block_under_node(nid, block, 'early');
      return false;
    });
  }
}

/**
 * A memory notifier: huge pages of a node that gets or loses memory are registered anew, by work
 * that is part of the node's device. A node that went offline has no device.
 * @kernel drivers/base/node.c v5.17 reduced: the work itself is left out
 */
export function node_memory_callback(k: Kernel, action: MemAction, arg: NotifierArg): void {
  const nid = arg.status_change_nid;
  const asked = action === 'MEM_ONLINE' || action === 'MEM_OFFLINE';
  if (!asked || nid === NUMA_NO_NODE || k.state.node_devices.has(nid)) return;
  k.oops('queue_work_on', `NULL pointer dereference: node_devices[${nid}]->node_work`);
}

/**
 * The node's sysfs directory goes, and with it the links of the blocks that are left.
 * @kernel drivers/base/node.c v6.12 full
 */
export function unregister_one_node(k: Kernel, nid: number): void {
  if (!k.state.node_devices.delete(nid)) return;
  k.state.node_links.delete(nid);
  for (const block of k.state.memory_blocks.values()) block.links.delete(nid);
}

/** @kernel drivers/base/node.c v7.3 full */
export function node_dev_init(k: Kernel): void {
  for (const nid of [...k.state.node_states.online].sort((a, b) => a - b)) {
    k.register_one_node(nid);
  }
  if (k.config.boot_links_by === 'regions') k.register_memory_blocks_under_nodes();
}
