/** drivers/dax/kmem.c: the memory of a device of the dax bus becomes System RAM. */
import { PAGE_SIZE } from '../../../base/pfn.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY, EINVAL, ENOENT } from '../../include/errno.js';
import { MHP_MEMMAP_ON_MEMORY, MHP_NID_IS_MGID, type OnlineType } from '../../include/mmzone.js';
import type { DaxKmem, DaxRange, DevDax } from './dax_private.js';

/**
 * The whole memory blocks of a range; undefined when it has none.
 * @kernel drivers/dax/kmem.c v7.3 full
 */
export function dax_kmem_range(k: Kernel, range: DaxRange): DaxRange | undefined {
  const size = k.machine.pages_per_block;
  const start_pfn = Math.ceil(range.start_pfn / size) * size;
  const nr_pages = Math.floor((range.start_pfn + range.nr_pages) / size) * size - start_pfn;
  return nr_pages > 0 ? { start_pfn, nr_pages } : undefined;
}

/**
 * Adds the ranges of a device that can be used. One that cannot be added is left out, unless it is
 * the first.
 * @returns how many were added, or a negative errno
 * @kernel drivers/dax/kmem.c v7.3 reduced: what else has a range is not known
 */
export function* dax_kmem_do_hotplug(
  k: Kernel, data: DaxKmem, online_type: OnlineType,
): Preempt<number> {
  const { name, mgid, target_node, memmap_on_memory } = data;
  const flags = (mgid >= 0 ? MHP_NID_IS_MGID : 0) + (memmap_on_memory ? MHP_MEMMAP_ON_MEMORY : 0);
  const nid = mgid >= 0 ? mgid : target_node;
  for (const range of data.usable) {
    const { start_pfn, nr_pages } = range;
    const error = yield* k.__add_memory_driver_managed(
      nid, start_pfn, nr_pages, flags, online_type);
    if (error === 0) data.ranges = [...data.ranges, range];
    else {
      if (k.config.dax_kmem_several) k.pr_warn(`kmem ${name}: memory add failed`);
      if (data.ranges.length === 0) return error;
    }
  }
  return data.ranges.length;
}

/**
 * Adds all ranges of a device to its node, as one static memory group (from v5.15).
 * @returns 0 or a negative errno: then the device is not bound
 * @kernel drivers/dax/kmem.c v7.3 reduced: no memory types
 */
export function* dev_dax_kmem_probe(k: Kernel, device: DevDax): Preempt<number> {
  const { name, target_node } = device;
  const memmap_on_memory = device.memmap_on_memory && k.config.dax_memmap_on_memory;
  if (target_node < 0) return -EINVAL;
  const usable = device.ranges.flatMap((range) => k.dax_kmem_range(range) ?? []);
  const total = usable.reduce((sum, { nr_pages }) => sum + nr_pages, 0);
  // A range of no bytes cannot be reserved.
  const nothing = k.config.dax_kmem_several ? -EINVAL : -EBUSY;
  if (total === 0 && k.config.dax_kmem_refuses_nothing) return nothing;
  const grouped = k.config.memory_groups;
  const max_pages = k.config.dax_group_in === 'bytes' ? total * PAGE_SIZE : total;
  const mgid = grouped ? k.memory_group_register_static(target_node, max_pages) : -1;
  if (grouped && mgid < 0) return mgid;
  const state = k.mhp_parameters().default_online_type;
  const data: DaxKmem = {
    name, target_node, memmap_on_memory, mgid, usable, ranges: [], state,
  };
  const added = total === 0 ? 0 : yield* k.dax_kmem_do_hotplug(data, state);
  if (added < 0) {
    if (grouped) k.memory_group_unregister(mgid);
    return added;
  }
  k.state.dax_kmem.push(data);
  return 0;
}

/**
 * All ranges of the device that are there go offline and are removed, or none.
 * @returns 0 or a negative errno
 * @kernel drivers/dax/kmem.c v7.3 full
 */
export function* dax_kmem_do_hotremove(k: Kernel, data: DaxKmem): Preempt<number> {
  if (data.ranges.length === 0) return 0;
  const error = yield* k.offline_and_remove_memory_ranges(data.ranges);
  if (error === 0) data.ranges = [];
  else k.pr_err(`kmem ${data.name}: hotremove failed, device left online: ${error}`);
  return error;
}

/**
 * A word is written to the file `state` of the device (from v7.3): how its memory is to be online,
 * or `unplugged`.
 * @returns 0 or a negative errno; -ENOENT where there is no such file
 * @kernel drivers/dax/kmem.c v7.3 full: state_store() there
 */
export function* dax_kmem_state_store(k: Kernel, name: string, word: string): Preempt<number> {
  const data = k.state.dax_kmem.find((one) => one.name === name);
  if (data === undefined || !k.config.dax_kmem_state) return -ENOENT;
  const type = word === 'unplugged' ? word : k.mhp_online_type_from_str(word);
  if (type === undefined || type === 'offline') return -EINVAL;
  if (data.state === type) return 0;
  if (type === 'unplugged') {
    const error = yield* k.dax_kmem_do_hotremove(data);
    if (error === 0) data.state = type;
    return error;
  }
  if (data.state !== 'unplugged') return -EBUSY;
  const added = yield* k.dax_kmem_do_hotplug(data, type);
  if (added < 0) return added;
  data.state = type;
  return 0;
}

/**
 * The driver lets go of a device. It takes nothing offline: ranges with a block that is online stay
 * until the machine boots again, and so does their group. Up to v7.1 it is not known which ranges
 * were added: others are removed too, whoever added them.
 * @returns 0, or -EBUSY when something stays
 * @kernel drivers/dax/kmem.c v7.3 reduced: no memory types
 */
export function* dev_dax_kmem_remove(k: Kernel, name: string): Preempt<number> {
  const index = k.state.dax_kmem.findIndex((one) => one.name === name);
  const data = k.state.dax_kmem[index];
  if (data === undefined) return -EINVAL;
  k.state.dax_kmem.splice(index, 1);
  if (!k.config.dax_kmem_removes) return 0;
  let stuck = 0;
  for (const range of k.config.dax_kmem_skips_missing ? data.ranges : data.usable) {
    if ((yield* k.remove_memory(range.start_pfn, range.nr_pages)) === 0) {
      if (!data.ranges.includes(range)) {
        k.oops('remove_resource', `NULL pointer dereference: ${name} has no resource for ` +
          'a range that was never added');
      }
      continue;
    }
    k.pr_warn(`kmem ${name}: stuck online until reboot`);
    stuck += 1;
  }
  if (stuck > 0) return -EBUSY;
  if (data.mgid >= 0) k.memory_group_unregister(data.mgid);
  return 0;
}
