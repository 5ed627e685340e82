/** mm/memory-failure.c: pages that are taken out of use because their memory fails. */
import type { Kernel, Preempt } from './kernel.js';
import { EIO, ENXIO } from './mmzone.js';

/**
 * Gets hold of a page that might be free: it must not be on the way to a per-cpu list meanwhile.
 * @kernel mm/memory-failure.c v6.12 reduced: the page is left as it is
 */
export function* get_hwpoison_page(k: Kernel, pfn: number): Preempt<number> {
  const zone = k.page_zone(pfn);
  if (zone === undefined || !k.config.hwpoison_pcp_disable) return 0;
  yield* k.zone_pcp_disable(zone);
  yield 'get_any_page';
  k.zone_pcp_enable(zone);
  return 0;
}

/**
 * A page that had too many corrected errors is moved away.
 * @returns 0 or a negative errno
 * @kernel mm/memory-failure.c v6.12 reduced: as get_hwpoison_page; no mf_mutex
 */
export function* soft_offline_page(k: Kernel, pfn: number): Preempt<number> {
  if (!k.pfn_valid(pfn)) return -ENXIO;
  if (!k.pfn_to_online_page(pfn)) return -EIO;
  yield* k.get_online_mems();
  const error = yield* k.get_hwpoison_page(pfn);
  k.put_online_mems();
  return error;
}

/**
 * A page had an error that was not corrected.
 * @returns 0 or a negative errno
 * @kernel mm/memory-failure.c v6.12 reduced: as get_hwpoison_page; no mf_mutex, no process is told
 */
export function* memory_failure(k: Kernel, pfn: number): Preempt<number> {
  if (!k.pfn_to_online_page(pfn)) return -ENXIO;
  return yield* k.get_hwpoison_page(pfn);
}
