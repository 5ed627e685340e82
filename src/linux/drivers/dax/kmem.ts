/** drivers/dax/kmem.c: the memory of a device of the dax bus becomes System RAM. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY, EINVAL } from '../../include/errno.js';
import { MHP_MEMMAP_ON_MEMORY, MHP_NID_IS_MGID } from '../../include/mmzone.js';
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
 * Adds all ranges of a device to its node, as one static memory group (from v5.15). A range that
 * cannot be added is left out, unless it is the first.
 * @returns 0 or a negative errno: then the device is not bound
 * @kernel drivers/dax/kmem.c v7.3 reduced: no memory types; what else has a range is not known
 */
export function* dev_dax_kmem_probe(k: Kernel, device: DevDax): Preempt<number> {
  const { name, target_node } = device;
  if (target_node < 0) return -EINVAL;
  const ranges = device.ranges.flatMap((range) => k.dax_kmem_range(range) ?? []);
  const total = ranges.reduce((sum, { nr_pages }) => sum + nr_pages, 0);
  if (total === 0) return -EINVAL;
  const grouped = k.config.memory_groups;
  const mgid = grouped ? k.memory_group_register_static(target_node, total) : -1;
  if (grouped && mgid < 0) return mgid;
  const flags = (grouped ? MHP_NID_IS_MGID : 0)
    + (device.memmap_on_memory ? MHP_MEMMAP_ON_MEMORY : 0);
  const data: DaxKmem = { name, mgid, ranges: [] };
  for (const { start_pfn, nr_pages } of ranges) {
    const nid = grouped ? mgid : target_node;
    const error = yield* k.add_memory_driver_managed(nid, start_pfn, nr_pages, flags);
    if (error === 0) data.ranges = [...data.ranges, { start_pfn, nr_pages }];
    else {
      k.pr_warn(`kmem ${name}: memory add failed`);
      if (data.ranges.length > 0) continue;
      if (grouped) k.memory_group_unregister(mgid);
      return error;
    }
  }
  k.state.dax_kmem.push(data);
  return 0;
}

/**
 * The driver lets go of a device. It takes nothing offline: ranges with a block that is online stay
 * until the machine boots again, and so does their group.
 * @returns 0, or -EBUSY when something stays
 * @kernel drivers/dax/kmem.c v7.3 reduced: no memory types
 */
export function* dev_dax_kmem_remove(k: Kernel, name: string): Preempt<number> {
  const index = k.state.dax_kmem.findIndex((one) => one.name === name);
  const data = k.state.dax_kmem[index];
  if (data === undefined) return -EINVAL;
  k.state.dax_kmem.splice(index, 1);
  let stuck = 0;
  for (const { start_pfn, nr_pages } of data.ranges) {
    if ((yield* k.remove_memory(start_pfn, nr_pages)) === 0) continue;
    k.pr_warn(`kmem ${name}: stuck online until reboot`);
    stuck += 1;
  }
  if (stuck > 0) return -EBUSY;
  if (data.mgid >= 0) k.memory_group_unregister(data.mgid);
  return 0;
}
