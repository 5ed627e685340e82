/** drivers/acpi/scan.c: devices of the ACPI namespace go. */
import { underDeviceLock } from '../../base/under_lock.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY } from '../../include/errno.js';
import type { MemoryBlock } from '../../include/mmzone.js';

/** Blocks of the range, in the order in which the device was bound to them. */
function blocks(k: Kernel, start_pfn: number, nr_pages: number): MemoryBlock[] {
  const found: MemoryBlock[] = [];
  k.walk_memory_blocks(start_pfn, nr_pages, (block) => {
    found.push(block);
    return false;
  });
  return found;
}

/**
 * Takes every block offline, in two passes: one block can hold data that another one needs.
 * What was taken offline goes online again when some block cannot.
 * @kernel drivers/acpi/scan.c v7.3 reduced: memory devices without children
 */
export function* acpi_scan_try_to_offline(
  k: Kernel, start_pfn: number, nr_pages: number,
): Preempt<number> {
  const taken = new Set<MemoryBlock>();
  const all = blocks(k, start_pfn, nr_pages);
  let failed = false;
  for (const block of all) {
    const result = yield* k.device_offline(block);
    if (result === 0) taken.add(block);
    if (result < 0) failed = true;
  }
  if (!failed) return 0;
  for (const block of all) {
    if (taken.has(block)) continue;
    const result = yield* k.device_offline(block);
    if (result === 0) taken.add(block);
    if (result >= 0) continue;
    k.pr_warn(`memory memory${block.id}: Offline failed.`);
    for (const other of all) if (taken.has(other)) yield* k.device_online(other, 'offline');
    return -EBUSY;
  }
  return 0;
}

/**
 * A DIMM is to be ejected: its blocks go offline, then it is removed. One that was refused when it
 * came has no driver, so nothing is asked of memory.
 * @returns 0 or a negative errno
 * @kernel drivers/acpi/scan.c v7.3 reduced: memory devices without children
 */
export function* acpi_scan_hot_remove(
  k: Kernel, start_pfn: number, nr_pages: number,
): Preempt<number> {
  return yield* underDeviceLock(k, function* (): Preempt<number> {
    if (k.state.acpi_refused_devices.delete(start_pfn)) return 0;
    const refused = yield* k.acpi_scan_try_to_offline(start_pfn, nr_pages);
    if (refused !== 0) return refused;
    return yield* k.acpi_memory_device_remove(start_pfn, nr_pages);
  });
}
