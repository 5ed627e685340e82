/** Watermarks, min_free_kbytes and lowmem reserves: mm/page_alloc.c. */
import { clamp } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { ZONE_MOVABLE, type Pgdat, type Zone } from '../../include/mmzone.js';
import { EINVAL } from '../../include/errno.js';

const PAGE_KBYTES = 4;
const MIN_FREE_KBYTES_LEAST = 128;
const SWAP_CLUSTER_MAX = 32;

/**
 * min_free_kbytes from the pages that GFP_USER can get above the high watermarks of now.
 * @kernel mm/page_alloc.c v6.12 full
 */
export function calculate_min_free_kbytes(k: Kernel): void {
  const lowmem_kbytes = k.nr_free_buffer_pages() * PAGE_KBYTES;
  const root = Math.floor(Math.sqrt(lowmem_kbytes * 16));
  const user = k.state.user_min_free_kbytes;
  if (root > user) {
    k.state.min_free_kbytes = clamp(root, MIN_FREE_KBYTES_LEAST, k.config.min_free_kbytes_max);
    return;
  }
  k.pr_warn(`min_free_kbytes is not updated to ${root} because user defined value ${user} ` +
    'is preferred');
}

/** vm.min_free_kbytes is written. @kernel mm/page_alloc.c v7.3 full */
export function min_free_kbytes_sysctl_handler(k: Kernel, kbytes: number): void {
  k.state.min_free_kbytes = kbytes;
  k.state.user_min_free_kbytes = kbytes;
  k.setup_per_zone_wmarks();
}

/** ZONE_MOVABLE is treated as highmem was: a small min, and its pages do not count as lowmem. */
function capped(k: Kernel, zone: Zone): boolean {
  return k.config.movable_min_capped && zone.index === ZONE_MOVABLE;
}

function setWatermarks(k: Kernel, zone: Zone, share: number, small: boolean): void {
  const { watermark, managed_pages } = zone;
  watermark.min = small
    ? clamp(Math.floor(managed_pages / 1024), SWAP_CLUSTER_MAX, 128)
    : share;
  const scaled = Math.floor(managed_pages * k.state.watermark_scale_factor / 10000);
  const gap = Math.max(Math.floor(share / 4), scaled);
  // min_wmark_pages() has the boost in it.
  const boost = k.config.boost_ends_first ? 0 : zone.watermark_boost;
  watermark.low = watermark.min + boost + gap;
  watermark.high = watermark.low + gap;
  zone.watermark_boost = 0;
  watermark.promo = watermark.high + gap;
}

/** What the zone keeps back at most: up to v6.18 the largest reserve, then the highest zone's. */
function mostKept(k: Kernel, { lowmem_reserve, index }: Zone): number {
  const above = lowmem_reserve.slice(index + 1);
  if (k.config.reserve_kept === 'largest') return Math.max(0, ...above);
  return above.findLast((pages) => pages !== 0) ?? 0;
}

/**
 * Of each zone the most that it keeps back from others and its high watermark, as far as it has
 * managed pages: what MemAvailable leaves out.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function calculate_totalreserve_pages(k: Kernel): void {
  let reserve_pages = 0;
  for (const nid of k.for_each_node_state('online')) {
    const pgdat = k.state.nodes[nid];
    if (pgdat === undefined) continue;
    pgdat.totalreserve_pages = 0;
    for (const zone of pgdat.node_zones) {
      const kept = mostKept(k, zone) + k.wmark_pages(zone, 'high');
      pgdat.totalreserve_pages += Math.min(kept, zone.managed_pages);
    }
    reserve_pages += pgdat.totalreserve_pages;
  }
  k.state.totalreserve_pages = reserve_pages;
}

/**
 * Divides min_free_kbytes among the zones by managed pages.
 * @kernel mm/page_alloc.c v7.3 full; a boost that is there ends
 */
export function __setup_per_zone_wmarks(k: Kernel): void {
  const pages_min = Math.floor(k.state.min_free_kbytes / PAGE_KBYTES);
  const zones = k.for_each_zone();
  let lowmem_pages = 0;
  for (const zone of zones) if (!capped(k, zone)) lowmem_pages += zone.managed_pages;
  const divisor = lowmem_pages % 2 ** k.config.wmarks_divisor_bits;
  for (const zone of zones) {
    const share = divisor === 0 ? 0 : Math.floor(pages_min * zone.managed_pages / divisor);
    setWatermarks(k, zone, share, capped(k, zone));
  }
  k.calculate_totalreserve_pages();
}

/** @kernel mm/page_alloc.c v7.3 full */
export function setup_per_zone_wmarks(k: Kernel): void {
  k.__setup_per_zone_wmarks();
  if (!k.config.wmarks_update_pcp) return;
  for (const zone of k.for_each_zone()) k.zone_pcp_update(zone, 0);
}

function setLowmemReserve(k: Kernel, pgdat: Pgdat, zone: Zone): void {
  const { lowmem_reserve_ratio } = k.state;
  const ratio = lowmem_reserve_ratio[zone.index] ?? 0;
  const empty = zone.managed_pages === 0 && k.config.empty_zone_reserves_nothing;
  let between = 0;
  for (let above = zone.index + 1; above < pgdat.node_zones.length; above += 1) {
    const pages = pgdat.node_zones[above]?.managed_pages ?? 0;
    const nobody = pages === 0 && k.config.empty_zone_keeps_nothing_back;
    zone.lowmem_reserve[above] =
      ratio === 0 || empty || nobody ? 0 : Math.floor((between + pages) / ratio);
    if (k.config.reserve_counts === 'all' || lowmem_reserve_ratio[above] !== 0) between += pages;
  }
}

/**
 * What each zone keeps back from requests that could use the zones above it.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function setup_per_zone_lowmem_reserve(k: Kernel): void {
  for (const nid of k.for_each_node_state('online')) {
    const pgdat = k.state.nodes[nid];
    if (pgdat === undefined) continue;
    for (const zone of pgdat.node_zones.slice(0, -1)) {
      setLowmemReserve(k, pgdat, zone);
    }
  }
  k.calculate_totalreserve_pages();
}

/**
 * After boot and after each online and offline.
 * @kernel mm/page_alloc.c v7.3 reduced: no stat thresholds, no min_unmapped and min_slab ratio
 */
export function init_per_zone_wmark_min(k: Kernel): void {
  k.calculate_min_free_kbytes();
  k.setup_per_zone_wmarks();
  k.setup_per_zone_lowmem_reserve();
  if (k.config.khugepaged_updated_at_hotplug) k.khugepaged_min_free_kbytes_update();
}

/** @kernel mm/page_alloc.c v7.3 full */
export function watermark_scale_factor_sysctl_handler(k: Kernel, factor: number): number {
  if (factor < 1 || factor > k.config.watermark_scale_factor_max) return -EINVAL;
  k.state.watermark_scale_factor = factor;
  k.setup_per_zone_wmarks();
  return 0;
}

/**
 * `ratios`: NaN for what is no whole number. Up to v7.2 who reads has the reserves computed again,
 * and a number that cannot be is 0.
 * @returns 0, or -EINVAL, and then nothing has changed
 * @kernel mm/page_alloc.c v7.3 full
 */
export function lowmem_reserve_ratio_sysctl_handler(
  k: Kernel, ratios: readonly number[], write: boolean,
): number {
  const { lowmem_ratio_written_whole } = k.config;
  if (lowmem_ratio_written_whole && !write) return 0;
  if (lowmem_ratio_written_whole && ratios.some(Number.isNaN)) return -EINVAL;
  k.state.lowmem_reserve_ratio = k.state.lowmem_reserve_ratio
    .map((old, index) => (Number.isNaN(ratios[index]) ? 0 : ratios[index] ?? old))
    .map((ratio, index) => Math.max(ratio, index < ZONE_MOVABLE ? k.config.lowmem_ratio_least : 0));
  k.setup_per_zone_lowmem_reserve();
  return 0;
}
