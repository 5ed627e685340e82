/**
 * The allocator's walk over a zonelist, at zone level: which zone serves a request, by free pages
 * and watermarks. Which page it is belongs to rmqueue() in free.ts.
 */
import type { Kernel } from '../../base/kernel.js';
import { gfpWords, highestZoneOf } from '../../include/gfp.js';
import {
  ZONE_DMA32, ZONE_NORMAL, ZONELIST_FALLBACK, ZONELIST_NOFALLBACK, type Zone, type Zonelist,
} from '../../include/mmzone.js';
import { PAGE_ALLOC_COSTLY_ORDER } from '../../include/page_alloc.js';

/** struct alloc_context, with what the request itself says. */
export interface AllocContext {
  readonly nid: number;
  /** As the caller wrote it. */
  readonly gfp: string;
  readonly words: ReadonlySet<string>;
  readonly order: number;
  readonly highest_zoneidx: number;
  /** Zones below this one keep pages back from the request. */
  readonly classzone_idx: number;
  readonly zonelist: Zonelist;
  /** First zone that may serve the request; undefined: none at all. */
  readonly preferred: Zone | undefined;
}

/** The ALLOC_* flags that the model has. */
export interface AllocFlags {
  readonly wmark: 'min' | 'low' | 'high';
  readonly nofragment?: boolean;
  /** ALLOC_MIN_RESERVE: half of min may be used. */
  readonly min_reserve?: boolean;
  /** ALLOC_NON_BLOCK: another quarter, with min_reserve. */
  readonly non_block?: boolean;
}

/** The zones of the list that the request may use, in order. */
function zonesOf(ac: AllocContext): readonly Zone[] {
  return ac.zonelist
    .filter(({ zone_idx }) => zone_idx <= ac.highest_zoneidx)
    .map(({ zone }) => zone);
}

/** @kernel mm/page_alloc.c v6.12 reduced: no cpusets, no nodemask */
export function prepare_alloc_pages(
  k: Kernel, gfp: string, order: number, nid: number,
): AllocContext {
  const words = gfpWords(gfp);
  const highest_zoneidx = highestZoneOf(words);
  const kind = words.has('__GFP_THISNODE') ? ZONELIST_NOFALLBACK : ZONELIST_FALLBACK;
  const pgdat = k.state.nodes[nid];
  // To v5.17 a node that never was online has no pgdat: node_zonelist() reads NODE_DATA(nid).
  if (pgdat?.initialised !== true) {
    k.oops('__alloc_pages', `NULL pointer dereference: node ${nid} has no pgdat`);
  }
  const zonelist = pgdat?.node_zonelists[kind] ?? [];
  const preferred = zonelist.find(({ zone_idx }) => zone_idx <= highest_zoneidx)?.zone;
  const classzone_idx = k.config.reserve_against === 'preferred'
    ? preferred?.index ?? highest_zoneidx : highest_zoneidx;
  return { nid, gfp, words, order, highest_zoneidx, classzone_idx, zonelist, preferred };
}

/**
 * Free pages stay above the mark and what the zone keeps back from this request.
 * @kernel mm/page_alloc.c v7.3 reduced: no CMA, no highatomic; for order > 0 not whether a free
 *   block is large enough
 */
export function __zone_watermark_ok(
  _k: Kernel, zone: Zone, order: number, mark: number, highest_zoneidx: number, flags: AllocFlags,
): boolean {
  let least = mark;
  if (flags.min_reserve === true) {
    least -= Math.floor(least / 2);
    if (flags.non_block === true) least -= Math.floor(least / 4);
  }
  const free = zone.nr_free_pages - (2 ** order - 1);
  return free > least + (zone.lowmem_reserve[highest_zoneidx] ?? 0);
}

/**
 * Do not mix migratetypes in Normal while DMA32 of the node could serve instead.
 * @kernel mm/page_alloc.c v7.3 reduced: no defrag_mode
 */
export function alloc_flags_nofragment(k: Kernel, zone: Zone | undefined): boolean {
  if (zone === undefined || zone.index !== ZONE_NORMAL) return false;
  if (k.state.node_states.online.size <= 1) return true;
  const below = k.state.nodes[zone.nid]?.node_zones[ZONE_DMA32];
  return below !== undefined && k.populated_zone(below);
}

/**
 * The zone that serves the request; its free pages fall.
 * @kernel mm/page_alloc.c v6.12 reduced: every zone above its mark has a fitting block; no
 *   node_reclaim, no dirty limits, so that ALLOC_NOFRAGMENT only matters for where a walk restarts
 */
export function get_page_from_freelist(
  k: Kernel, flags: AllocFlags, ac: AllocContext,
): Zone | undefined {
  for (const zone of zonesOf(ac)) {
    if (flags.nofragment === true && zone.nid !== ac.preferred?.nid) {
      return k.get_page_from_freelist({ ...flags, nofragment: false }, ac);
    }
    const mark = k.wmark_pages(zone, flags.wmark);
    if (!k.__zone_watermark_ok(zone, ac.order, mark, ac.classzone_idx, flags)) continue;
    // With page-level state whoever allocates takes the pages by name.
    if (k.state.pages === undefined) zone.nr_free_pages -= 2 ** ac.order;
    return zone;
  }
  if (flags.nofragment !== true) return undefined;
  return k.get_page_from_freelist({ ...flags, nofragment: false }, ac);
}

/**
 * Wakes kswapd of each node in the list, once, through the first zone met.
 * @kernel mm/page_alloc.c v6.12 full
 */
export function wake_all_kswapds(k: Kernel, ac: AllocContext): void {
  let last: number | undefined;
  for (const zone of zonesOf(ac)) {
    if (k.config.kswapd_wake_skips_unmanaged && !k.managed_zone(zone)) continue;
    if (last === zone.nid) continue;
    k.wakeup_kswapd(zone, ac.order, ac.highest_zoneidx);
    last = zone.nid;
  }
}

/**
 * One more round of reclaim makes sense when some zone would pass its min watermark with all its
 * reclaimable pages free. Leaves the zones it looked at in `state.reclaim_retry`.
 * @kernel mm/page_alloc.c v7.3 reduced: nothing is reclaimable in the model; no defrag_mode
 */
export function should_reclaim_retry(k: Kernel, flags: AllocFlags, ac: AllocContext): boolean {
  const seen: Zone[] = [];
  k.state.reclaim_retry = seen;
  return zonesOf(ac).some((zone) => {
    seen.push(zone);
    return k.__zone_watermark_ok(
      zone, ac.order, k.wmark_pages(zone, 'min'), ac.classzone_idx, flags);
  });
}

/** @kernel mm/page_alloc.c v7.3 reduced: the task that asked is the victim */
export function __alloc_pages_may_oom(k: Kernel, ac: AllocContext): Zone | undefined {
  const zone = k.get_page_from_freelist({ wmark: 'high' }, ac);
  if (zone !== undefined) return zone;
  if (ac.order > PAGE_ALLOC_COSTLY_ORDER || ac.highest_zoneidx < ZONE_NORMAL) return undefined;
  if (ac.words.has('__GFP_RETRY_MAYFAIL') || ac.words.has('__GFP_THISNODE')) return undefined;
  k.out_of_memory(ac);
  return undefined;
}

/** The request may not, or need not, go as far as the OOM killer. */
function givesUp(ac: AllocContext): boolean {
  if (!ac.words.has('__GFP_DIRECT_RECLAIM') || ac.words.has('__GFP_NORETRY')) return true;
  return ac.order > PAGE_ALLOC_COSTLY_ORDER && !ac.words.has('__GFP_RETRY_MAYFAIL');
}

/**
 * Below the low watermarks: kswapd is woken, the min watermarks and the reserves are used.
 * @kernel mm/page_alloc.c v6.12 reduced: reclaim and compaction free nothing
 */
export function __alloc_pages_slowpath(k: Kernel, ac: AllocContext): Zone | undefined {
  if (ac.preferred === undefined) return undefined;
  const flags: AllocFlags = {
    wmark: 'min',
    min_reserve: ac.words.has('__GFP_HIGH'),
    non_block: !ac.words.has('__GFP_DIRECT_RECLAIM'),
  };
  if (ac.words.has('__GFP_KSWAPD_RECLAIM')) k.wake_all_kswapds(ac);
  const zone = k.get_page_from_freelist(flags, ac);
  if (zone !== undefined || givesUp(ac)) return zone;
  if (k.should_reclaim_retry(flags, ac)) return k.get_page_from_freelist(flags, ac);
  return k.__alloc_pages_may_oom(ac);
}

/**
 * Allocates 2^order pages from node `nid` or its fallbacks: the zone that served, undefined when
 * none did.
 * @kernel mm/page_alloc.c v7.3 reduced: at zone level, no page is named
 */
export function alloc_pages(
  k: Kernel, gfp: string, order: number, nid: number,
): Zone | undefined {
  const ac = k.prepare_alloc_pages(gfp, order, nid);
  const flags: AllocFlags = {
    wmark: 'low', nofragment: k.alloc_flags_nofragment(ac.preferred),
  };
  return k.get_page_from_freelist(flags, ac) ?? k.__alloc_pages_slowpath(ac);
}

/**
 * Gives back pages that alloc_pages() took.
 * @kernel mm/page_alloc.c v6.12 custom: __free_pages() for a caller that knows no pfn
 */
export function free_zone_pages(k: Kernel, zone: Zone, nr_pages: number): void {
  if (k.state.pages === undefined) zone.nr_free_pages += nr_pages;
}
