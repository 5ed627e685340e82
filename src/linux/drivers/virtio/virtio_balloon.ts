/** drivers/virtio/virtio_balloon.c: a balloon takes pages and gives them back. */
import type { Kernel } from '../../base/kernel.js';
import type { Zone } from '../../include/mmzone.js';

/**
 * A balloon inflates: it allocates pages of the zone and stops them from being managed.
 * Returns how many it got.
 * @kernel drivers/virtio/virtio_balloon.c v6.12 reduced: all from one zone, no watermarks
 */
export function fill_balloon(k: Kernel, zone: Zone, nr_pages: number): number {
  const pages = Math.min(nr_pages, zone.nr_free_pages);
  zone.nr_free_pages -= pages;
  k.adjust_managed_page_count(zone, -pages);
  return pages;
}

/** A balloon deflates. @kernel drivers/virtio/virtio_balloon.c v7.3 reduced: one zone */
export function leak_balloon(k: Kernel, zone: Zone, nr_pages: number): void {
  k.adjust_managed_page_count(zone, nr_pages);
  zone.nr_free_pages += nr_pages;
}
