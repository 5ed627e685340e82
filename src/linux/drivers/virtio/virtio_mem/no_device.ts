/** drivers/virtio/virtio_mem.c, where no device is known of, but what of memory is plugged. */
import type { Kernel } from '../../../base/kernel.js';
import { pagesIn } from '../../../base/page_ranges.js';

/**
 * Backed pages of the chunk are onlined, the others withheld; a chunk that has both is halved.
 * @kernel drivers/virtio/virtio_mem.c v6.12 custom: virtio_mem_online_page() without a device;
 *   `state.backed` is what is plugged
 */
export function online_backed_pages(k: Kernel, pfn: number, order: number): void {
  const plugged = pagesIn(k.state.backed, pfn, 2 ** order);
  if (plugged === 2 ** order) {
    k.generic_online_page(pfn, order);
  } else if (plugged === 0) {
    k.withhold_pages(pfn, 2 ** order);
  } else {
    k.online_backed_pages(pfn, order - 1);
    k.online_backed_pages(pfn + 2 ** (order - 1), order - 1);
  }
}
