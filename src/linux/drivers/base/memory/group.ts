/** drivers/base/memory.c: memory groups, what one device brings. */
import { firstIndex } from '../../../../base/first_index.js';
import type { Kernel } from '../../../base/kernel.js';
import { EBUSY, EINVAL } from '../../../include/errno.js';
import type { MemoryGroup } from '../../../include/mmzone.js';

/** Groups stand in the order of their numbers; the lowest number that none has is its index. */
function freeId(groups: readonly MemoryGroup[]): number {
  return firstIndex(groups.length, (index) => groups[index]?.mgid !== index);
}

/** Undefined: there is no such group. */
function indexOf(groups: readonly MemoryGroup[], mgid: number): number | undefined {
  const index = firstIndex(groups.length, (at) => (groups[at]?.mgid ?? mgid) >= mgid);
  return groups[index]?.mgid === mgid ? index : undefined;
}

function register(k: Kernel, group: Omit<MemoryGroup, 'mgid'>): number {
  if (!k.state.node_states.possible.has(group.nid)) return -EINVAL;
  const mgid = freeId(k.state.memory_groups);
  k.state.memory_groups.splice(mgid, 0, { ...group, mgid });
  return mgid;
}

/** @returns the group's id or a negative errno @kernel drivers/base/memory.c v7.3 full */
export function memory_group_register_static(k: Kernel, nid: number, max_pages: number): number {
  if (max_pages === 0) return -EINVAL;
  return register(k, {
    nid, max_pages, is_dynamic: false, unit_pages: 0,
    present_kernel_pages: 0, present_movable_pages: 0, memory_blocks: 0,
  });
}

/** @returns the group's id or a negative errno @kernel drivers/base/memory.c v7.3 full */
export function memory_group_register_dynamic(k: Kernel, nid: number, unit_pages: number): number {
  const powerOfTwo = unit_pages > 0 && Number.isInteger(Math.log2(unit_pages));
  if (!powerOfTwo || unit_pages < k.machine.pages_per_block) return -EINVAL;
  return register(k, {
    nid, max_pages: 0, is_dynamic: true, unit_pages,
    present_kernel_pages: 0, present_movable_pages: 0, memory_blocks: 0,
  });
}

/** @returns -EBUSY while a memory block belongs to it @kernel drivers/base/memory.c v7.3 full */
export function memory_group_unregister(k: Kernel, mgid: number): number {
  const index = indexOf(k.state.memory_groups, mgid);
  if (index === undefined) return -EINVAL;
  if ((k.state.memory_groups[index]?.memory_blocks ?? 0) > 0) return -EBUSY;
  k.state.memory_groups.splice(index, 1);
  return 0;
}

/** @kernel drivers/base/memory.c v7.3 full */
export function memory_group_find_by_id(k: Kernel, mgid: number): MemoryGroup | undefined {
  const index = indexOf(k.state.memory_groups, mgid);
  return index === undefined ? undefined : k.state.memory_groups[index];
}
