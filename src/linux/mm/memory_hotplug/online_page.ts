/** mm/memory_hotplug.c: a page goes online, by the callback that a driver may have installed. */
import type { Kernel } from '../../base/kernel.js';
import { pfn_to_section_nr } from '../../include/sections.js';
import { EINVAL } from '../../include/errno.js';
import type { OnlinePageCallback } from '../../include/mmzone.js';

/**
 * pfn_to_online_page() != NULL. From v5.12 on, a page behind the last RAM of a boot section is not
 * online: it has a memmap, but its subsection was never filled; nor is device memory that fills
 * another part of the section.
 * @kernel mm/memory_hotplug.c v6.12 full
 */
export function pfn_to_online_page(k: Kernel, pfn: number): boolean {
  const { sections, zone_device_ranges } = k.state;
  const nr = pfn_to_section_nr(pfn);
  if (!sections.online(nr)) return false;
  if (!k.config.online_by_subsection) return true;
  if (!sections.subsection_valid(pfn)) return false;
  return !sections.device(nr) || !zone_device_ranges.some((range) =>
    range.start_pfn <= pfn && pfn < range.start_pfn + range.nr_pages);
}

/** Only one driver can replace the callback. @kernel mm/memory_hotplug.c v7.3 full */
export function set_online_page_callback(k: Kernel, callback: OnlinePageCallback): number {
  if (k.state.online_page_callback !== undefined) return -EINVAL;
  k.state.online_page_callback = callback;
  return 0;
}

/** @kernel mm/memory_hotplug.c v7.3 reduced: does not check who set it */
export function restore_online_page_callback(k: Kernel): number {
  if (k.state.online_page_callback === undefined) return -EINVAL;
  k.state.online_page_callback = undefined;
  return 0;
}

/** Hands a chunk to whatever callback is installed.
 * @kernel mm/memory_hotplug.c v6.12 custom: a call through online_page_callback there */
export function online_page(k: Kernel, pfn: number, order: number): void {
  const callback = k.state.online_page_callback;
  if (callback === undefined) k.generic_online_page(pfn, order);
  else callback(pfn, order);
}

/**
 * The chunk is managed from now on, and free.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function generic_online_page(k: Kernel, pfn: number, order: number): void {
  const zone = k.page_zone(pfn);
  if (zone !== undefined) k.adjust_managed_page_count(zone, 2 ** order);
  k.__free_pages_core(pfn, order);
}

/**
 * A driver takes over the onlining of pages: `xen`, `hyperv` or `virtio-mem`. The last two online
 * what the host backs, [start_pfn, start_pfn + nr_pages).
 * @kernel mm/memory_hotplug.c v6.12 custom: what the drivers' probe functions have in common
 */
export function probe_balloon_driver(
  k: Kernel, driver: string, start_pfn: number, nr_pages: number,
): number {
  k.state.backed.length = 0;
  if (nr_pages > 0) k.state.backed.push({ start_pfn, nr_pages });
  if (driver === 'hyperv') {
    return k.set_online_page_callback((pfn, order) => k.hv_online_page(pfn, order));
  }
  if (driver === 'virtio-mem') {
    return k.set_online_page_callback((pfn, order) => k.online_backed_pages(pfn, order));
  }
  return k.set_online_page_callback((pfn, order) => k.xen_online_page(pfn, order));
}
