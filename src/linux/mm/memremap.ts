/** mm/memremap.c: device memory gets struct pages in ZONE_DEVICE. */
import { at } from '../../base/assert.js';
import type { Kernel, Preempt } from '../base/kernel.js';
import { EINVAL, ENOMEM, ENXIO } from '../include/errno.js';
import { ZONE_DEVICE } from '../include/mmzone.js';
import { underHotplugLock } from '../base/under_lock.js';

/** Up to v5.2 the sections that the range lies in get a memmap as a whole. */
function mappedRange(
  k: Kernel, start_pfn: number, nr_pages: number,
): readonly [start_pfn: number, nr_pages: number] {
  if (k.config.subsection_map) return [start_pfn, nr_pages];
  const section = k.machine.pages_per_section;
  const first = start_pfn - (start_pfn % section);
  return [first, Math.ceil((start_pfn + nr_pages) / section) * section - first];
}

/** What is looked at before anything is changed: only the ends are held against other ranges. */
function refusal(k: Kernel, start_pfn: number, nr_pages: number): number {
  const mapped = (pfn: number): boolean => k.state.zone_device_ranges.some(
    (range) => pfn >= range.start_pfn && pfn < range.start_pfn + range.nr_pages);
  if (mapped(start_pfn) || mapped(start_pfn + nr_pages - 1)) {
    k.WARN('pagemap_range', 'Conflicting mapping in same section');
    return -ENOMEM;
  }
  const ram = k.walk_system_ram_range(start_pfn, nr_pages);
  const checked = ram > 0 || k.config.pluggable_range !== 'resource';
  if (!checked && !k.mhp_range_allowed(start_pfn, nr_pages, true)) return -EINVAL;
  if (ram === 0) return 0;
  k.WARN('pagemap_range', `attempted on ${ram < nr_pages ? 'mixed' : 'ram'} region`);
  return -ENXIO;
}

/**
 * Maps a range as ZONE_DEVICE of a node: it is spanned, neither present nor managed.
 * @returns 0 or a negative errno
 * @kernel mm/memremap.c v7.3 reduced: one range, no altmap, no private memory
 */
export function* memremap_pages(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): Preempt<number> {
  if (k.machine.kconfig['ZONE_DEVICE'] === 'n') return -ENXIO;
  const [first, pages] = mappedRange(k, start_pfn, nr_pages);
  const refused = refusal(k, first, pages);
  if (refused !== 0) return refused;
  const ranges = k.state.zone_device_ranges;
  const error = yield* underHotplugLock(k, function* (): Preempt<number> {
    const failed = k.arch_add_memory(nid, first, pages);
    if (failed !== 0) return failed;
    const zone = at(at(k.state.nodes, nid).node_zones, ZONE_DEVICE);
    k.move_pfn_range_to_zone(zone, first, pages, undefined, 'Movable');
    return 0;
  });
  if (error !== 0) return error;
  ranges.push({ nid, start_pfn, nr_pages });
  return 0;
}

/**
 * Nobody tests the node afterwards, whatever is left on it.
 * @kernel mm/memremap.c v6.12 reduced: as memremap_pages
 */
export function* memunmap_pages(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): Preempt<void> {
  const [first, pages] = mappedRange(k, start_pfn, nr_pages);
  yield* underHotplugLock(k, function* (): Preempt<void> {
    const zone = at(at(k.state.nodes, nid).node_zones, ZONE_DEVICE);
    k.remove_pfn_range_from_zone(zone, first, pages);
    k.arch_remove_memory(first, pages);
  });
  const ranges = k.state.zone_device_ranges;
  const index = ranges.findIndex((range) => range.start_pfn === start_pfn);
  if (index >= 0) ranges.splice(index, 1);
}
