/** drivers/acpi/acpi_memhotplug.c: DIMMs come and go. */
import { underDeviceLock } from '../../base/under_lock.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EEXIST, EINVAL } from '../../include/errno.js';
import {
  MHP_MEMMAP_ON_MEMORY, MHP_NID_IS_MGID, type AcpiMemoryDevice,
} from '../../include/mmzone.js';

/**
 * A DIMM is plugged: its one range becomes a static memory group (from v5.15, when the node
 * argument of add_memory_resource() is the id of that group) and is added.
 * @returns 0 or a negative errno; a range that is there already counts as added
 * @kernel drivers/acpi/acpi_memhotplug.c v7.3 reduced: one range for each device, no _STA
 */
export function* acpi_memory_enable_device(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): Preempt<number> {
  return yield* underDeviceLock(k, () => enable(k, nid, start_pfn, nr_pages));
}

function* enable(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): Preempt<number> {
  const result = yield* add(k, nid, start_pfn, nr_pages);
  if (result === 0) k.state.acpi_refused_devices.delete(start_pfn);
  else k.state.acpi_refused_devices.add(start_pfn);
  return result;
}

function* add(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): Preempt<number> {
  const grouped = k.config.memory_groups;
  const mgid = grouped ? k.memory_group_register_static(nid, nr_pages) : -1;
  if (grouped && mgid < 0) return mgid;
  let flags = grouped ? MHP_NID_IS_MGID : 0;
  // From v6.6 the driver always asks, and adding falls back to an ordinary memmap.
  const asks = !['none', 'one_block'].includes(k.config.memmap_on_memory);
  if (asks || k.mhp_supports_memmap_on_memory(nr_pages)) flags += MHP_MEMMAP_ON_MEMORY;
  const result = yield* k.__add_memory(grouped ? mgid : nid, start_pfn, nr_pages, flags);
  if (result === 0 || result === -EEXIST) {
    k.state.acpi_memory_devices.push({ start_pfn, nr_pages, mgid, nid });
    return 0;
  }
  if (grouped) k.memory_group_unregister(mgid);
  return -EINVAL;
}

function deviceAt(k: Kernel, start_pfn: number): AcpiMemoryDevice | undefined {
  return k.state.acpi_memory_devices.find((device) => device.start_pfn === start_pfn);
}

/**
 * A DIMM is gone: its range is removed, then its group.
 * @returns 0; a range that cannot be removed is a BUG from v4.20 on
 * @kernel drivers/acpi/acpi_memhotplug.c v7.3 reduced: one range for each device
 */
export function* acpi_memory_device_remove(
  k: Kernel, start_pfn: number, nr_pages: number,
): Preempt<number> {
  const device = deviceAt(k, start_pfn);
  yield* k.__remove_memory(start_pfn, nr_pages, device?.nid);
  if (device === undefined) return 0;
  k.state.acpi_memory_devices.splice(k.state.acpi_memory_devices.indexOf(device), 1);
  if (device.mgid >= 0) k.memory_group_unregister(device.mgid);
  return 0;
}
