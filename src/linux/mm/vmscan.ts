/** mm/vmscan.c: what the allocator and hotplug see of kswapd. */
import type { Kernel } from '../base/kernel.js';
import type { Pgdat, Zone } from '../include/mmzone.js';

/**
 * Some managed zone up to `highest_zoneidx` is above its high watermark. Without any managed zone
 * there is nothing to balance.
 * @kernel mm/vmscan.c v6.12 reduced: memory tiering (promo watermark) is off
 */
export function pgdat_balanced(
  k: Kernel, pgdat: Pgdat, order: number, highest_zoneidx: number,
): boolean {
  const managed = pgdat.node_zones.filter(
    (zone) => zone.index <= highest_zoneidx && k.managed_zone(zone));
  if (managed.length === 0) return true;
  return managed.some((zone) => k.__zone_watermark_ok(
    zone, order, k.wmark_pages(zone, 'high'), highest_zoneidx, { wmark: 'high' }));
}

/**
 * Wakes kswapd of the zone's node, if there is one and it has something to do.
 * @kernel mm/vmscan.c v6.12 reduced: counts the wake-up, kswapd frees nothing
 */
export function wakeup_kswapd(
  k: Kernel, zone: Zone, order: number, highest_zoneidx: number,
): void {
  if (!k.managed_zone(zone)) return;
  const pgdat = k.state.nodes[zone.nid];
  if (pgdat === undefined || !pgdat.kswapd) return;
  if (k.pgdat_balanced(pgdat, order, highest_zoneidx)) return;
  k.state.kswapd_wakeups.set(zone.nid, (k.state.kswapd_wakeups.get(zone.nid) ?? 0) + 1);
}

/** @kernel mm/vmscan.c v6.12 reduced: the thread always starts */
export function kswapd_run(k: Kernel, nid: number): void {
  const pgdat = k.state.nodes[nid];
  if (pgdat !== undefined) pgdat.kswapd = true;
}

/** @kernel mm/vmscan.c v7.3 full */
export function kswapd_stop(k: Kernel, nid: number): void {
  const pgdat = k.state.nodes[nid];
  if (pgdat !== undefined) pgdat.kswapd = false;
}

/** One kswapd for each node with memory. @kernel mm/vmscan.c v7.3 full */
export function kswapd_init(k: Kernel): void {
  for (const nid of k.for_each_node_state('memory')) k.kswapd_run(nid);
}

/**
 * Somebody takes the page off its LRU list, as reclaim and migration do; one that was allocated and
 * has not been put there yet looks the same.
 * @kernel mm/vmscan.c v6.12 reduced: the list itself is not modelled
 */
export function folio_isolate_lru(k: Kernel, pfn: number): void {
  k.state.pages?.setOnLru(pfn, false);
}

/** @kernel mm/vmscan.c v7.3 reduced: as folio_isolate_lru() */
export function folio_putback_lru(k: Kernel, pfn: number): void {
  k.state.pages?.setOnLru(pfn, true);
}
